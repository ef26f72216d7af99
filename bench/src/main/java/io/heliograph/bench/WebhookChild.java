package io.heliograph.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The {@link Child} of the suite {@code webhooks}. */
public final class WebhookChild {

    static final String HELIOGRAPH = "heliograph";
    /**
     * Heliograph, too, each in a JVM of its own, whose heap is small and resident from the start: so the growth of resident memory is
     * not that of the JVM's ease.
     */
    static final String CALM = "calm";
    static final String ISOLATED = "isolated";
    static final String RAW = "raw";
    static final String JDK = "jdk";
    static final String WRK = "wrk";

    private WebhookChild() {
    }

    /** What a child is started with that measures one case alone: it warms up for longer than one that has others behind it. */
    private static final String ALONE = "bench.alone";

    /** The command that starts one for many cases, one after the other. */
    static List<String> command(String side) {
        return command(side, List.of());
    }

    /** The command that starts one for a single case. */
    static List<String> commandAlone(String side) {
        return command(side, List.of("-D" + ALONE + "=true"));
    }

    private static List<String> command(String side, List<String> more) {
        var options = new ArrayList<>(more);
        options.add("-Dslf4j.internal.verbosity=ERROR");
        if (side.equals(CALM) || side.equals(ISOLATED)) {
            options.addAll(List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"));
        }
        return Child.command(WebhookChild.class, side, options, "");
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
            case ORDERED -> WebhookDurable.measureKeys(true, task, tell);
            case UNORDERED -> WebhookDurable.measureKeys(false, task, tell);
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
