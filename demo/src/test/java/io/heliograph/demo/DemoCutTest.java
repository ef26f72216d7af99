package io.heliograph.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.testkit.ChildProcess;
import io.heliograph.testkit.Flow;
import io.heliograph.testkit.NetworkHost;
import io.heliograph.testkit.NetworkNamespaces;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The demo on a host of its own, whose group is cut off for a while. */
@Tag("net")
@Timeout(90)
class DemoCutTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration DEMO = Duration.ofSeconds(12);
    private static final Duration CUT = Duration.ofSeconds(3);

    private static final Pattern GROUP = Pattern.compile("udp://([0-9.]+):([0-9]+)");

    @Test
    void whatACutOfThreeSecondsTookIsRepairedOrToldAsLostAndEveryLedgerCloses() throws InterruptedException {
        try (var network = NetworkNamespaces.ofOneAlone()) {
            NetworkHost host = network.host(0);
            ChildProcess demo = host.startJava(List.of("-XX:TieredStopAtLevel=1"), DemoProcess.class, DEMO.toString());
            Matcher group = GROUP.matcher(demo.awaitError(line -> line.startsWith("events "), SOON));
            assertThat(group.find()).isTrue();
            letPass(CUT);
            host.cutIncoming(Flow.to(new InetSocketAddress(group.group(1), Integer.parseInt(group.group(2)))));
            letPass(CUT);
            host.heal();

            assertThat(demo.awaitEnd(SOON)).as(demo.toString()).isZero();
            assertThat(host.packetsStruck()).as("packets that the cut took").isPositive();
            List<String> ledgers = demo.errors().stream().filter(line -> line.startsWith("ledger: ")).toList();
            assertThat(ledgers).hasSize(4).allMatch(line -> line.endsWith("\"difference\":0}"));
            assertThat(ledgers.get(0)).contains("\"role\":\"publisher\"");
            assertThat(ledgers.get(1)).contains("\"role\":\"subscriber\"").contains("\"in_flight\":0");
            long known = number("known", ledgers.get(1));
            assertThat(known).isEqualTo(number("accepted", ledgers.get(0)));
            assertThat(number("delivered", ledgers.get(1))).isPositive();
            // Metrics are published each second, so the cut took some: where none is lost, they were sent again.
            // All of it arrives at once when the cut is healed, which may be more than the page keeps.
            long lost = numberIfAny("network", ledgers.get(1)) + numberIfAny("overflow", ledgers.get(1));
            assertThat(number("delivered", ledgers.get(1)) + lost).as(ledgers.get(1)).isEqualTo(known);
            assertThat(number("gaps", ledgers.get(1)) > 0).as(ledgers.get(1)).isEqualTo(lost > 0);
        }
    }

    private static long numberIfAny(String name, String ledger) {
        return ledger.contains('"' + name + '"') ? number(name, ledger) : 0;
    }

    private static long number(String name, String ledger) {
        Matcher found = Pattern.compile("\"" + name + "\":([0-9]+)").matcher(ledger);
        assertThat(found.find()).as("%s in %s", name, ledger).isTrue();
        return Long.parseLong(found.group(1));
    }

    private static void letPass(Duration time) throws InterruptedException {
        assertThat(new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS)).isFalse();
    }
}
