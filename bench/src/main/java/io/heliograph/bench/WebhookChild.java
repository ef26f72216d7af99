package io.heliograph.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The {@link Child} of the suite {@code webhooks}. */
public final class WebhookChild {

    static final String HELIOGRAPH = "heliograph";
    static final String RAW = "raw";
    static final String JDK = "jdk";
    static final String WRK = "wrk";

    private WebhookChild() {
    }

    /** What a child is started with that measures one case alone: it warms up for longer than one that has others behind it. */
    private static final String ALONE = "bench.alone";

    /** The command that starts one for many cases, one after the other. */
    static List<String> command(String side) {
        return Child.command(WebhookChild.class, side, List.of("-Dslf4j.internal.verbosity=ERROR"), "");
    }

    /** The command that starts one for a single case. */
    static List<String> commandAlone(String side) {
        return Child.command(WebhookChild.class, side, List.of("-Dslf4j.internal.verbosity=ERROR", "-D" + ALONE + "=true"), "");
    }

    /** One or the other, as a child has been started. */
    static Duration either(Duration amongOthers, Duration alone) {
        return Boolean.getBoolean(ALONE) ? alone : amongOthers;
    }

    /** Measures the side that the first argument names. */
    public static void main(String[] arguments) throws IOException {
        Child.serve((line, tell) -> measure(arguments[0], WebhookTask.parse(line), tell));
    }

    private static void measure(String side, WebhookTask task, Tell tell) throws Exception {
        switch (task.what()) {
            case REQUESTS -> requests(side, task, tell);
            case DURABLE -> WebhookDurable.measure(task, tell);
            case ORDERED -> WebhookDurable.measureOrdered(task, tell);
            case CALM -> new WebhookIsolation(0).measure(task, tell);
            case ISOLATED -> new WebhookIsolation(WebhookIsolation.DEAD_PERCENT).measure(task, tell);
            case RESTART -> WebhookRestart.measure(task, tell);
        }
    }

    private static void requests(String side, WebhookTask task, Tell tell) throws Exception {
        try (Nginx receiver = Nginx.start()) {
            switch (side) {
                case HELIOGRAPH -> WebhookMemory.measure(receiver, task, tell);
                case RAW -> RawHttp.measure(receiver, task, tell);
                case JDK -> JdkHttp.measure(receiver, task, tell);
                case WRK -> Wrk.measure(receiver, task, tell);
                default -> throw new IllegalArgumentException("side " + side + "; allowed: " + String.join(", ", HELIOGRAPH, RAW, JDK, WRK));
            }
        }
    }
}
