package io.heliograph.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ImpairedLinkProcessTest {

    private static final String CLEAN = "{\"role\":\"link\",\"forward\":{\"received\":0,\"sent\":0,\"unsent\":0,\"waiting\":0,"
            + "\"bursts\":0,\"faults\":{}},\"back\":{\"received\":0,\"sent\":0,\"unsent\":0,\"waiting\":0,\"bursts\":0,"
            + "\"faults\":{}},\"senders\":1,\"refused\":0}";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void tellsWhereItListensObeysAndEndsWithItsCounts() {
        int code = run("cut forward\nheal forward\n", "listen=127.0.0.1:0", "target=127.0.0.1:9", "drop=0.5",
                "back.drop=0", "burst=0.01", "burst-length=500", "longest=5ms", "seed=-3");
        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.getFirst()).matches("\\{\"role\":\"link\",\"listening\":\"127\\.0\\.0\\.1:[0-9]+\"}");
        assertThat(lines.subList(1, lines.size())).containsExactly(CLEAN, CLEAN, CLEAN);
    }

    @Test
    void endsAfterItsDuration() {
        assertThat(run("", "listen=127.0.0.1:0", "target=239.77.9.9:4770", "duration=10ms")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(2);
    }

    @Test
    void namesWhatItDoesNotUnderstand() {
        assertThat(run("", "listen=127.0.0.1:0", "target=127.0.0.1:9", "dorp=0.5")).isEqualTo(2);
        assertThat(run("", "listen=127.0.0.1:0", "target=127.0.0.1:9", "drop=5")).isEqualTo(2);
        assertThat(run("", "target=127.0.0.1:9")).isEqualTo(2);
        assertThat(run("", "listen=239.77.9.9:4770", "target=239.77.9.9:4770")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8).lines().toList()).hasSize(4)
                .satisfiesExactly(line -> assertThat(line).contains("dorp"), line -> assertThat(line).contains("drop").contains("5"),
                        line -> assertThat(line).contains("listen"), line -> assertThat(line).contains("239.77.9.9"));
    }

    private int run(String input, String... arguments) {
        return new ImpairedLinkProcess(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(arguments);
    }
}
