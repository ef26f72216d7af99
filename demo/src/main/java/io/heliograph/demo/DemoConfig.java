package io.heliograph.demo;

import io.heliograph.ConfigException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What {@link Demo} runs. Immutable.
 *
 * @param port       the page's TCP port, 0 for a free one; empty for 8080, or the next one that is free
 * @param statsdPort the UDP port that metrics come to, 0 for a free one; empty for 8125, or the next one that is free
 * @param duration   how long to run; empty until {@link Demo#stop}
 * @param generator  whether the demo makes metrics of its own
 * @param statusLine how the line of live figures is shown
 */
public record DemoConfig(OptionalInt port, OptionalInt statsdPort, Optional<Duration> duration, Generator generator,
        StatusLine statusLine) {

    /** Whether the demo makes metrics of its own. */
    public enum Generator {
        /** It sends this machine's figures, and those of a web shop that does not exist. */
        ON,
        /** It sends nothing. */
        OFF
    }

    /** How the line of live figures is shown. */
    public enum StatusLine {
        /** In place, each second: for a terminal. */
        REWRITTEN,
        /** Once, at the end: for a file or a pipe. */
        AT_END;

        /** {@link #REWRITTEN} if this process talks to a terminal. */
        public static StatusLine detected() {
            return System.console() != null && System.console().isTerminal() ? REWRITTEN : AT_END;
        }
    }

    public DemoConfig {
        port.ifPresent(number -> requirePort("port", number));
        statsdPort.ifPresent(number -> requirePort("statsd port", number));
        if (duration.filter(length -> !length.isPositive()).isPresent()) {
            throw new ConfigException("duration", duration.get(), "a duration above 0, such as 30s");
        }
    }

    /** Ports that are free, a generator, until it is stopped. */
    public static DemoConfig defaults() {
        return new DemoConfig(OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), Generator.ON,
                StatusLine.detected());
    }

    private static void requirePort(String setting, int number) {
        if (number < 0 || number > 65_535) {
            throw new ConfigException(setting, number, "0 to 65535");
        }
    }
}
