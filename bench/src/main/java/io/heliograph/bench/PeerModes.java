package io.heliograph.bench;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The mode in which the peer is best at each case, as the last full run found, kept in a file. */
final class PeerModes {

    /** All that there are. */
    static final List<String> ALL = List.of("SHARED", "DEDICATED", "INVOKER");

    private final Path file;
    private final Map<String, String> byCase = new TreeMap<>();

    private PeerModes(Path file) {
        this.file = file;
    }

    static PeerModes read(Path file) throws IOException {
        var modes = new PeerModes(file);
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        properties.stringPropertyNames().forEach(name -> modes.byCase.put(name, properties.getProperty(name)));
        return modes;
    }

    /** @throws IllegalStateException if no full run has found one */
    String of(UdpCase one) {
        String mode = byCase.get(one.name());
        if (mode == null) {
            throw new IllegalStateException(file + " has no mode for " + one.name() + "; a full run finds it");
        }
        return mode;
    }

    void put(UdpCase one, String mode) {
        byCase.put(one.name(), mode);
    }

    Map<String, String> byCase() {
        return Map.copyOf(byCase);
    }

    void write() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("# The peer's best mode for each measurement: bench/run udp without --quick finds and writes them.");
        byCase.forEach((name, mode) -> lines.add(name + "=" + mode));
        Files.write(file, lines);
    }
}
