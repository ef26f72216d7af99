package io.heliograph.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The harness: runs one suite in child JVMs and prints what they measured. */
public final class Bench {

    private static final int QUICK_JVMS = 1;
    private static final int FULL_JVMS = 5;
    /** What goes from thread to thread by the gigabyte varies most with what the machine is at just then. */
    private static final int FULL_JVMS_ZMQ = 7;

    private Bench() {
    }

    /**
     * Runs {@code SUITE [--quick] [--json] [--markdown] [--row NAME]...}. Exits with 0 even if a goal is missed, with 1 if a child
     * failed, with 2 for other arguments.
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        try {
            BenchArguments arguments = BenchArguments.parse(args);
            System.exit(switch (arguments.suite()) {
                case "udp" -> udp(arguments);
                case "zmq" -> zmq(arguments);
                case "webhooks" -> webhooks(arguments);
                case "search" -> search(arguments);
                default -> core(arguments);
            });
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(2);
        }
    }

    private static int core(BenchArguments arguments) throws IOException, InterruptedException {
        int jvms = arguments.isQuick() ? QUICK_JVMS : FULL_JVMS;
        var samples = new Samples();
        for (int jvm = 1; jvm <= jvms; jvm++) {
            System.err.println("bench: core, JVM " + jvm + " of " + jvms);
            if (!ChildJvm.run(CoreMeasurements.class, samples)) {
                System.err.println("bench: a measurement failed, so there is no result");
                return 1;
            }
        }
        print(new Report("core", CoreMeasurements.rows(samples), Optional.empty()), arguments);
        return 0;
    }

    private static int udp(BenchArguments arguments) throws IOException, InterruptedException {
        Path peers = folder("bench.peers");
        PeerModes modes = PeerModes.read(folder("bench.modes"));
        return cases(UdpRows.ALL, arguments, new Suite.Kind("udp", Optional.of(UdpRows.YARDSTICK),
                side -> UdpChild.command(side, peers), modes, new UdpPeers(modes), FULL_JVMS));
    }

    private static int zmq(BenchArguments arguments) throws IOException, InterruptedException {
        return cases(ZmqRows.ALL, arguments,
                new Suite.Kind("zmq", Optional.empty(), ZmqChild::command, PeerModes.none(), new ZmqPeers(), FULL_JVMS_ZMQ));
    }

    private static int webhooks(BenchArguments arguments) throws IOException, InterruptedException {
        return cases(WebhookRows.ALL, arguments, new Suite.Kind("webhooks", Optional.of(WebhookRows.YARDSTICK),
                arguments.isQuick() ? WebhookChild::command : WebhookChild::commandAlone, PeerModes.none(), new WebhookPeers(),
                FULL_JVMS));
    }

    private static int search(BenchArguments arguments) throws IOException, InterruptedException {
        return cases(SearchRows.ALL, arguments, new Suite.Kind("search", Optional.of(SearchRows.YARDSTICK), SearchChild::command,
                PeerModes.none(), new SearchPeers(), FULL_JVMS));
    }

    private static int cases(List<CaseRow> all, BenchArguments arguments, Suite.Kind kind) throws IOException, InterruptedException {
        List<CaseRow> rows = arguments.choose(all);
        var suite = new Suite(kind);
        Report report = arguments.isQuick() ? suite.quick(rows) : suite.full(rows);
        print(report, arguments);
        boolean isWrong = report.rows().stream().anyMatch(row -> row.remark().startsWith(SearchPeers.DIFFERENT));
        return suite.failures().isEmpty() && !isWrong ? 0 : 1;
    }

    /** bench/run says where things are. */
    private static Path folder(String property) {
        return Path.of(Optional.ofNullable(System.getProperty(property))
                .orElseThrow(() -> new IllegalArgumentException("-D" + property + " is missing; bench/run gives it")));
    }

    private static void print(Report report, BenchArguments arguments) {
        System.out.print(arguments.isMarkdown() ? report.markdown() : report.table());
        if (arguments.isJson()) {
            System.out.println(report.toJson());
        }
    }
}
