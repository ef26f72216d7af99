package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    @Test
    void cutsAtLineFeedsAndKeepsEveryOtherByte() throws Exception {
        assertThat(lines("a\nb\r\n\n\r\nc\rd", 100)).containsExactly("a", "b", "", "", "c\rd");
        assertThat(lines("", 100)).isEmpty();
        assertThat(lines("\n", 100)).containsExactly("");
        assertThat(lines("a\n", 100)).containsExactly("a");
    }

    @Test
    void doesNotCareInWhatPiecesTheInputComes() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var expected = new ArrayList<String>();
        var text = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            String line = "x".repeat(random.nextInt(200)) + i;
            expected.add(line);
            text.append(line).append(random.nextBoolean() ? "\n" : "\r\n");
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        InputStream pieces = new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] target, int from, int length) {
                return super.read(target, from, Math.min(length, 1 + random.nextInt(300)));
            }
        };

        assertThat(lines(new LineReader(pieces, 1_000))).as("seed %d", seed).isEqualTo(expected);
    }

    @Test
    void refusesALineThatIsTooLongAndGoesOnBehindIt() throws Exception {
        var reader = new LineReader(stream("12345\n123456\n" + "1".repeat(200_000) + "\nok"), 5);

        assertThat(reader.next()).isPresent();
        assertThatThrownBy(reader::next).isInstanceOf(UnreadableLineException.class)
                .hasMessage("6 bytes: allowed is at most 5B a line");
        assertThatThrownBy(reader::next).isInstanceOf(UnreadableLineException.class).hasMessageContaining("200000 bytes");
        assertThat(reader.number()).isEqualTo(3);
        assertThat(reader.next().map(String::new)).contains("ok");
        assertThat(reader.next()).isEmpty();
    }

    private static List<String> lines(String text, int maxLineBytes) throws IOException, UnreadableLineException {
        return lines(new LineReader(stream(text), maxLineBytes));
    }

    private static List<String> lines(LineReader reader) throws IOException, UnreadableLineException {
        var lines = new ArrayList<String>();
        for (Optional<byte[]> line = reader.next(); line.isPresent(); line = reader.next()) {
            lines.add(new String(line.get(), StandardCharsets.US_ASCII));
        }
        return lines;
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }
}
