package io.heliograph.statsd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StatsdGrammarTest {

    static Stream<Arguments> vectors() {
        return lines("vectors.txt").stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> {
                    int arrow = line.lastIndexOf("=>");
                    String datagram = arrow == 0 ? "" : line.substring(0, arrow - 1);
                    return Arguments.of(datagram, line.substring(arrow + 3));
                });
    }

    @ParameterizedTest(name = "{0} => {1}")
    @MethodSource("vectors")
    void readsEachDatagramAsTheTableSays(String datagram, String expected) {
        DatagramIntake intake = Samples.intake();
        intake.onDatagram(ByteBuffer.wrap(unescape(datagram)));
        var outcomes = new ArrayList<String>();
        intake.closePane(Samples.NOON, Samples.SECOND).metrics()
                .forEach((series, metric) -> outcomes.add(Samples.describe(series, metric)));
        intake.bad().forEach((reason, count) -> outcomes.add("bad " + reason + (count == 1 ? "" : " " + count)));
        assertThat(outcomes.isEmpty() ? "nothing" : String.join(" ; ", outcomes)).isEqualTo(expected);
        assertThat(Samples.difference(intake)).isZero();
    }

    @Test
    void takesFifteenHundredLinesOfOneDatagram() {
        assertThat(Samples.pane("K:1|c\n".repeat(1500)).metrics().values())
                .containsExactly(new Metric.Counter(1500));
    }

    @Test
    void refusesANameAboveTheLimitAndTakesOneAtIt() {
        DatagramIntake intake = Samples.intake();
        String longest = "k".repeat(1024);
        intake.onDatagram(Samples.bytes(longest + ":1|c\n" + longest + "k:1|c\n" + "k".repeat(60_000) + ":1|c"));
        assertThat(intake.applied()).isEqualTo(1);
        assertThat(intake.bad()).containsExactly(Map.entry(BadLine.NAME_TOO_LONG, 2L));
    }

    @Test
    void refusesTooManyTagsTooLongTagsAndTooLongElements() {
        DatagramIntake intake = Samples.intake();
        var tags = new StringBuilder("K:1|c|#t0");
        for (int i = 1; i < StatsdParser.MAX_TAGS; i++) {
            tags.append(",t").append(i);
        }
        intake.onDatagram(Samples.bytes(tags + "\n" + tags + ",another"));
        intake.onDatagram(Samples.bytes("K:1|c|#" + "t".repeat(4096) + "\nK:1|c|#" + "t".repeat(4097)));
        intake.onDatagram(Samples.bytes("S:" + "e".repeat(255) + "|s\nS:" + "e".repeat(256) + "|s"));
        assertThat(intake.applied()).isEqualTo(3);
        assertThat(intake.bad()).containsOnlyKeys(
                BadLine.TOO_MANY_TAGS, BadLine.TAGS_TOO_LONG, BadLine.ELEMENT_TOO_LONG);
    }

    @Test
    void leavesTheBufferAsItWasAndReadsItsRemainingBytesAlone() {
        ByteBuffer direct = ByteBuffer.allocateDirect(64);
        direct.put("xxK:7|cyy".getBytes(StandardCharsets.US_ASCII)).flip().position(2).limit(7);
        DatagramIntake intake = Samples.intake();
        intake.onDatagram(direct.asReadOnlyBuffer());
        assertThat(intake.closePane(Samples.NOON, Samples.SECOND).metrics().values())
                .containsExactly(new Metric.Counter(7));
        assertThat(direct.position()).isEqualTo(2);
    }

    private static List<String> lines(String resource) {
        try (InputStream in = StatsdGrammarTest.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] unescape(String text) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '\\') {
                bytes.write(text.charAt(i));
                continue;
            }
            i++;
            switch (text.charAt(i)) {
                case 'n' -> bytes.write('\n');
                case 'r' -> bytes.write('\r');
                case 't' -> bytes.write('\t');
                case '0' -> bytes.write(0);
                case 'x' -> {
                    bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                    i += 2;
                }
                default -> throw new IllegalArgumentException("escape in '" + text + "'");
            }
        }
        return bytes.toByteArray();
    }
}
