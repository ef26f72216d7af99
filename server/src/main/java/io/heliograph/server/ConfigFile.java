package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.spi.Address;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A command's settings in a file, under the names of its options, one a line; a line that begins with {@code #} is a remark.
 *
 * <pre>
 * # hooks of our own
 * allow-target = 10.1.0.0/16
 * listen       = udp://239.77.1.1:4770
 * ^name          ^value, to the end of the line
 * </pre>
 *
 * Immutable.
 */
public final class ConfigFile {

    private static final long MAX_BYTES = 1 << 20;
    private static final int MAX_LINES = 10_000;

    private final Path file;
    private final List<Line> lines;

    private ConfigFile(Path file, List<Line> lines) {
        this.file = file;
        this.lines = List.copyOf(lines);
    }

    /**
     * One setting where it stands.
     *
     * @param place file and line, as an error names it
     * @param name  before the first {@code =}
     * @param value after it, without the blanks around it
     */
    public record Line(String place, String name, String value) {

        /**
         * What the value says.
         *
         * @param reader  throws a {@link ConfigException} for what it cannot read
         * @param allowed what it can
         * @throws ConfigException that names the place
         */
        public <T> T read(Function<String, T> reader, String allowed) {
            try {
                return reader.apply(value);
            } catch (ConfigException e) {
                throw new ConfigException(name + " (" + place + ")", Address.shown(value), allowed);
            }
        }

        /** The error for a name that nobody knows. */
        public ConfigException unknown(String allowed) {
            return new ConfigException("setting (" + place + ")", name, allowed);
        }
    }

    /**
     * Reads a file of at most 1 MiB of UTF-8.
     *
     * @throws ConfigException if it is not there, or a line of it says nothing
     */
    public static ConfigFile read(Path file) {
        var lines = new ArrayList<Line>();
        List<String> texts = text(file).lines().toList();
        if (texts.size() > MAX_LINES) {
            throw new ConfigException("lines of " + file, texts.size(), "at most " + MAX_LINES);
        }
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i).strip();
            if (!text.isEmpty() && !text.startsWith("#")) {
                lines.add(line(file + ", line " + (i + 1), text));
            }
        }
        return new ConfigFile(file, lines);
    }

    private static String text(Path file) {
        try {
            long bytes = Files.size(file);
            if (bytes > MAX_BYTES) {
                throw new ConfigException("size of " + file, bytes + " bytes", "at most " + MAX_BYTES);
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
        } catch (CharacterCodingException e) {
            throw new ConfigException("config file", file, "a file of UTF-8");
        } catch (IOException e) {
            throw new ConfigException("config file", file, "a file that can be read");
        }
    }

    private static Line line(String place, String text) {
        int equals = text.indexOf('=');
        String name = text.substring(0, Math.max(0, equals)).strip();
        String value = text.substring(equals + 1).strip();
        if (name.isEmpty() || value.isEmpty()) {
            throw new ConfigException(place, text, "name = value");
        }
        return new Line(place, name, value);
    }

    /**
     * Changes what is configured by one line after the other.
     *
     * @param repeated names that may stand on several lines; others stand once
     */
    public <C> C apply(C config, Set<String> repeated, BiFunction<C, Line, C> change) {
        var seen = new HashSet<String>();
        C changed = config;
        for (Line line : lines) {
            if (!seen.add(line.name()) && !repeated.contains(line.name())) {
                throw new ConfigException("setting given twice (" + line.place() + ")", line.name(), "each setting once");
            }
            changed = change.apply(changed, line);
        }
        return changed;
    }

    /** Where it lies. */
    @Override
    public String toString() {
        return file.toString();
    }
}
