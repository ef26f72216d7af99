package io.heliograph.bench;

import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The {@link Child} of the suite {@code search}. */
public final class SearchChild {

    static final String HELIOGRAPH = "heliograph";
    static final String MONITOR = "monitor";
    static final String ANALYZER = "analyzer";

    /** Held, since loggers are forgotten; it advises a module of the JDK that matching has no use for. */
    private static final Logger ADVICE = Logger.getLogger("org.apache.lucene.internal.vectorization.VectorizationProvider");

    private SearchChild() {
    }

    /** The command that starts it. */
    static List<String> command(String side) {
        return Child.command(SearchChild.class, side, List.of(), "");
    }

    /** Measures the side that the first argument names. */
    public static void main(String[] arguments) throws IOException {
        ADVICE.setLevel(Level.OFF);
        Child.serve((line, tell) -> measure(arguments[0], SearchTask.parse(line), tell));
    }

    private static void measure(String name, SearchTask task, Tell tell) throws IOException {
        if (name.equals(ANALYZER)) {
            AnalyzerLoop.measure(task, tell);
            return;
        }
        try (SearchSide side = side(name)) {
            SearchMeasurement.measure(side, task, tell);
        }
    }

    /** An empty one. */
    static SearchSide side(String name) throws IOException {
        return switch (name) {
            case HELIOGRAPH -> new HeliographSearchSide();
            case MONITOR -> new MonitorSide();
            default -> throw new IllegalArgumentException("side " + name + "; allowed: " + String.join(", ", HELIOGRAPH, MONITOR, ANALYZER));
        };
    }
}
