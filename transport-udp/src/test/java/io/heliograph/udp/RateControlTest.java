package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateControlTest {

    private static final long MS = 1_000_000;
    private static final long SECOND_NS = 1_000 * MS;

    @Test
    void tmp() {
        for (long seed = 1; seed < 4; seed++) {
            var link = new BottleneckLink(seed, 12_500_000, 250_000, 1_000_000_000, 0);
            for (int i = 1; i <= 20; i++) {
                link.run(i * SECOND_NS);
                System.out.printf("%d s: rate %.2f MB/s, goodput %.2f MB/s, wire/payload %.3f, loss %.3f dec %d inc %d eng %d, dropped %d, lost %d, missing %d gate %d/%d/%d%n",
                    i, link.control.bytesPerSecond() / 1e6, link.payloadBytes() / 1e6 / i, (double) link.wireBytes / link.payloadBytes(), link.control.lossRatio(),
                    link.control.decreases(), link.control.increases(), link.control.engagements(), link.dropped, link.lost, link.requests.missing().datagrams(), link.gate.unicastRepairs(), link.gate.suppressed(), link.gate.refused());
            }
        }
    }
}
