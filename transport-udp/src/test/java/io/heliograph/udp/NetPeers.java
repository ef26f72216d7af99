package io.heliograph.udp;

import io.heliograph.testkit.ChildProcess;
import io.heliograph.testkit.ImpairedLink;
import io.heliograph.testkit.NetworkHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Starts {@link NetPeer}s and links on hosts, and waits until they are there. Stateless. */
final class NetPeers {

    static final Duration SOON = Duration.ofSeconds(30);

    private NetPeers() {
    }

    /** A subscriber that listens. */
    static ChildProcess subscriber(NetworkHost host, String address, String... more) throws InterruptedException {
        ChildProcess child = host.startJava(NetPeer.class, arguments(more, "subscriber", "address=" + address));
        child.awaitLine(line -> line.contains("ready"), SOON);
        return child;
    }

    /** A publisher of {@link NetComparison#EVENTS}, which begins when it has heard of a subscriber. */
    static ChildProcess publisher(NetworkHost host, String address, int events, int rate, String... more) {
        return publisher(host, address, NetComparison.EVENTS, events, rate, 1, more);
    }

    /** A publisher that begins when it has heard of {@code await} subscribers. */
    static ChildProcess publisher(NetworkHost host, String address, NetEvents what, int events, int rate, int await,
            String... more) {
        return host.startJava(NetPeer.class, arguments(more, "publisher", "address=" + address, "events=" + events,
                "rate=" + rate, "bytes=" + what.bytes(), "seed=" + what.seed(), "keys=" + what.keys(), "await=" + await));
    }

    /** A link that listens. */
    static ChildProcess link(NetworkHost host, String listen, String target, String... faults) throws InterruptedException {
        ChildProcess link = host.startJava(ImpairedLink.class, arguments(faults, "listen=" + listen, "target=" + target, "seed=5"));
        link.awaitLine(line -> line.contains("listening"), SOON);
        return link;
    }

    /** What a link has counted so far. */
    static NetReport counts(ChildProcess link) throws InterruptedException {
        return NetReport.parse(link.ask("counts", SOON));
    }

    /** The child is in its namespace, and its number is the same everywhere. */
    static void signal(NetworkHost host, String name, ChildProcess child) {
        host.run("sh", "-c", "kill -" + name + " " + child.pid());
    }

    private static String[] arguments(String[] more, String... first) {
        List<String> all = new ArrayList<>(Arrays.asList(first));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }
}
