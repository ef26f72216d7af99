package io.heliograph.bench;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The mode in which a peer is best at each case, as the last full run found, kept in a file. Aeron alone has several. For one
 * thread.
 */
final class PeerModes {

    private static final List<String> AERONS = List.of("SHARED", "DEDICATED", "INVOKER");

    private final Optional<Path> file;
    private final Map<String, String> byCase = new TreeMap<>();

    private PeerModes(Optional<Path> file) {
        this.file = file;
    }

    /** Of a suite whose peers have none; what is put in is not kept. */
    static PeerModes none() {
        return new PeerModes(Optional.empty());
    }

    static PeerModes read(Path file) throws IOException {
        var modes = new PeerModes(Optional.of(file));
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        properties.stringPropertyNames().forEach(name -> modes.byCase.put(name, properties.getProperty(name)));
        return modes;
    }

    /** Those that the case can be measured in; none where there is nothing to choose. */
    List<String> choices(Case one) {
        return one.side().equals(UdpChild.AERON) ? AERONS : List.of();
    }

    /** The case's task in its best mode. @throws IllegalStateException if no full run has found one */
    Task best(Case one) {
        if (choices(one).isEmpty()) {
            return one.task();
        }
        return in(Optional.ofNullable(byCase.get(one.name())).orElseThrow(() -> new IllegalStateException(
                file.map(Path::toString).orElse("nothing") + " has no mode for " + one.name() + "; a full run finds it")), one);
    }

    /** The case's task in one of its {@link #choices}. */
    Task in(String mode, Case one) {
        return ((UdpTask) one.task()).in(mode);
    }

    void put(Case one, String mode) {
        byCase.put(one.name(), mode);
    }

    Map<String, String> byCase() {
        return Map.copyOf(byCase);
    }

    void write() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("# The peer's best mode for each measurement: bench/run udp without --quick finds and writes them.");
        byCase.forEach((name, mode) -> lines.add(name + "=" + mode));
        if (file.isPresent()) {
            Files.write(file.get(), lines);
        }
    }
}
