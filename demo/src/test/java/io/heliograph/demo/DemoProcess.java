package io.heliograph.demo;

import io.heliograph.demo.DemoConfig.Generator;
import io.heliograph.demo.DemoConfig.StatusLine;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** The demo as a process of its own, for as long as its argument says: {@code PT12S}. */
final class DemoProcess {

    private DemoProcess() {
    }

    public static void main(String[] arguments) {
        var config = new DemoConfig(OptionalInt.of(0), OptionalInt.of(0), Optional.of(Duration.parse(arguments[0])),
                Generator.ON, StatusLine.AT_END);
        System.exit(new Demo(config, System.out, System.err).run());
    }
}
