package io.heliograph.bench;

import java.io.IOException;
import java.util.List;

/** The {@link Child} of the suite {@code zmq}. */
public final class ZmqChild {

    static final String HELIOGRAPH = "heliograph";
    static final String JEROMQ = "jeromq";
    static final String LIBZMQ = "libzmq";

    private ZmqChild() {
    }

    /** The command that starts it. */
    static List<String> command(String side) {
        return Child.command(ZmqChild.class, side, List.of(), "");
    }

    /** Measures the side that the first argument names. */
    public static void main(String[] arguments) throws IOException {
        Child.serve((line, tell) -> {
            ZmqTask task = ZmqTask.parse(line);
            try (ZmqSide side = side(arguments[0], task)) {
                measure(side, task, tell);
            }
        });
    }

    private static ZmqSide side(String name, ZmqTask task) throws MeasurementFailed {
        return switch (name) {
            case HELIOGRAPH -> new ZmqHeliographSide(task);
            case JEROMQ -> new JeroMqSide();
            case LIBZMQ -> new LibZmqSide(task);
            default -> throw new IllegalArgumentException("side " + name + "; allowed: " + HELIOGRAPH + ", " + JEROMQ + ", " + LIBZMQ);
        };
    }

    private static void measure(ZmqSide side, ZmqTask task, Tell tell) throws IOException, InterruptedException {
        switch (task.measure()) {
            case RATE, LATENCY -> OneWay.measure(side, task, tell);
            case ROUND_TRIP -> Dialogues.measure(side, task, tell);
            case IDLE -> throw new IllegalArgumentException("what is idle is not measured: " + task.line());
        }
    }
}
