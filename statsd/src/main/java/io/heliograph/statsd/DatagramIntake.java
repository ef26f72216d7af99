package io.heliograph.statsd;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes datagrams, applies their lines to the open pane, and counts. Not thread-safe: its server's lock guards it.
 * Allocates nothing for a good line of a known series, but for a set's.
 */
final class DatagramIntake {

    private final int maxDatagramBytes;
    private final StatsdParser parser;
    private final OpenPane pane;
    private final GeneratorSequence generators = new GeneratorSequence();
    private final Tally<BadLine> bad = new Tally<>(BadLine.class);
    private final Tally<Rejection> rejected = new Tally<>(Rejection.class);
    private final LineHandler handler = new Lines();
    private long datagrams;
    private long bytes;
    private long oversized;
    private long lines;
    private long applied;
    private boolean firstLine;

    DatagramIntake(StatsdConfig config, long hashSeed) {
        this.maxDatagramBytes = config.maxDatagramBytes();
        this.parser = new StatsdParser(config.maxNameBytes());
        this.pane = new OpenPane(config.maxNames(), config.idlePanes(), hashSeed);
    }

    void onDatagram(ByteBuffer datagram) {
        datagrams++;
        bytes += datagram.remaining();
        if (datagram.remaining() > maxDatagramBytes) {
            oversized++;
            return;
        }
        firstLine = true;
        lines += parser.parse(datagram, handler);
    }

    Pane closePane(Instant end, Duration length) {
        return pane.close(end, length);
    }

    long datagrams() {
        return datagrams;
    }

    long bytes() {
        return bytes;
    }

    long oversized() {
        return oversized;
    }

    long lines() {
        return lines;
    }

    long applied() {
        return applied;
    }

    Map<BadLine, Long> bad() {
        return bad.counted();
    }

    Map<Rejection, Long> rejected() {
        return rejected.counted();
    }

    int series() {
        return pane.series();
    }

    List<GeneratorSums> generators() {
        return generators.sums();
    }

    /** Every line ends in exactly one of: applied, bad, rejected. */
    private final class Lines implements LineHandler {

        @Override
        public void onMetric(MetricLine line) {
            boolean first = firstLine;
            firstLine = false;
            if (GeneratorSequence.isReserved(line)) {
                onNumber(line, first);
                return;
            }
            Optional<Rejection> rejection = pane.apply(line);
            if (rejection.isPresent()) {
                rejected.count(rejection.get());
            } else {
                applied++;
            }
        }

        @Override
        public void onBadLine(BadLine reason) {
            firstLine = false;
            bad.count(reason);
        }

        private void onNumber(MetricLine line, boolean first) {
            if (!first) {
                bad.count(BadLine.RESERVED_NAME);
                return;
            }
            switch (generators.accept(line)) {
                case COUNTED -> applied++;
                case MALFORMED -> bad.count(BadLine.RESERVED_NAME);
                case TOO_MANY -> rejected.count(Rejection.GENERATORS_FULL);
            }
        }
    }
}
