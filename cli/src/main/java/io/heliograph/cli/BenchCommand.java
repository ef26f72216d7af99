package io.heliograph.cli;

import io.heliograph.ConfigException;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.udp.UdpConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures an address. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Measures an address: publishes events to subscribers in this process, as fast"
                + " as they are taken.",
        footer = {
            "",
            "Rate: what one subscriber handles a second, from the first publish to the last",
            "event handled; MB are 10^6 bytes of data. Latency: from publish to handler. At",
            "full speed that is mostly waiting in line; --rate shows it without, counted from",
            "when each event was due. At a udp address events go through an appender and are",
            "handled where they lie, on the thread that receives, which is the fastest way;",
            "there one event in 61 is timed, all of them up to --rate 1000000. Elsewhere they",
            "go through publish and an ordinary handler. Before that, the same runs for 1 s",
            "and is not counted. Nobody else should publish at the address.",
            "Exit code 1 if a ledger does not close, or if an event is missing although the",
            "policy makes the publisher wait.",
        })
final class BenchCommand implements Callable<Integer> {

    private static final long WARM_UP_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONG_NS = TimeUnit.DAYS.toNanos(3650);
    private static final long USUAL_NS = TimeUnit.SECONDS.toNanos(4);
    private static final int MAX_SUBSCRIBERS = 64;
    private static final int BAR_PLACES = 30;

    private final Console console;
    private final Stop stop;

    @Parameters(index = "0", paramLabel = "ADDRESS", description = "Where, such as udp://239.77.1.1:4770 or local:bench")
    String address = "";

    @Option(names = "--events", paramLabel = "N", description = "How many; as many as go in 4 s if left out.")
    Optional<String> events = Optional.empty();

    @Option(names = "--size", paramLabel = "B", description = "Bytes of data in each, at least 8; 100B if left out.")
    String size = "100B";

    @Option(names = "--subscribers", paramLabel = "K", description = "How many in this process; 1 if left out.")
    String subscribers = "1";

    @Option(names = "--policy", paramLabel = "P", description = "The publisher's; the address's own if left out.")
    Optional<String> policy = Optional.empty();

    @Option(names = "--rate", paramLabel = "R", description = "Events a second; as many as are taken if left out.")
    Optional<String> rate = Optional.empty();

    @Option(names = "--json", description = "One JSON object.")
    boolean isJson;

    @Option(names = "--report", paramLabel = "FILE", description = "Writes an HTML page of figures and charts.")
    Optional<String> report = Optional.empty();

    BenchCommand(Console console, Stop stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public Integer call() throws Exception {
        BenchPlan plan = plan();
        Optional<Long> wanted = events.map(text -> Arguments.count("--events", text));
        Optional<Path> page = report.map(BenchCommand::pageFile);
        var messages = console.messages();
        var environment = Environment.system().withNotices(notice -> messages.line(NoticeText.of(notice)));

        long most = wanted.orElse(Long.MAX_VALUE);
        BenchResult result = new BenchRun(plan, Environment.system(), stop).measure(new BenchPlan.Amount(most, WARM_UP_NS),
                (published, handled, seconds) -> messages.progress("bench: warming up"));
        if (result.fault().isEmpty() && !stop.isRequested()) {
            var amount = new BenchPlan.Amount(most, wanted.isPresent() ? LONG_NS : USUAL_NS);
            result = new BenchRun(plan, environment, stop).measure(amount, (published, handled, seconds) ->
                    messages.progress(progress(amount.share(published, seconds), handled / seconds)));
        }
        messages.endProgress();
        return finish(result, page, messages);
    }

    private BenchPlan plan() {
        int sizeBytes = Arguments.size("--size", size);
        if (sizeBytes < BenchPublisher.LEAST_SIZE_BYTES) {
            throw new ConfigException("--size", size, "at least 8B: each event carries the time it was published");
        }
        long count = Arguments.count("--subscribers", subscribers);
        if (count > MAX_SUBSCRIBERS) {
            throw new ConfigException("--subscribers", subscribers, "at most " + MAX_SUBSCRIBERS);
        }
        Address parsed = Address.parse(address);
        if (count > 1 && parsed.scheme().equals("udp") && !UdpConfig.of(parsed).isMulticast()) {
            throw new ConfigException("--subscribers", subscribers,
                    "1 at an address of one subscriber's own; take a group, such as udp://239.77.1.1:4770");
        }
        OptionalDouble perSecond = rate.map(text -> OptionalDouble.of(Arguments.rate("--rate", text)))
                .orElse(OptionalDouble.empty());
        return new BenchPlan(address, sizeBytes, (int) count, policy.map(FlowPolicy::parse), perSecond);
    }

    /** Found out before the measurement, not after. */
    private static Path pageFile(String text) {
        try {
            Path file = Path.of(text).toAbsolutePath();
            if (!Files.isDirectory(file) && Optional.ofNullable(file.getParent()).filter(Files::isDirectory).isPresent()) {
                return file;
            }
        } catch (InvalidPathException e) {
            // Said below.
        }
        throw new ConfigException("--report", text, "a file in a folder that exists, such as bench.html");
    }

    private static String progress(double share, double perSecond) {
        int full = (int) (share * BAR_PLACES);
        return String.format(Locale.ROOT, "bench: [%s%s] %3.0f %%, %,.0f events/s", "#".repeat(full),
                ".".repeat(BAR_PLACES - full), share * 100, perSecond);
    }

    private int finish(BenchResult result, Optional<Path> page, Messages messages) throws IOException {
        String figures = isJson ? result.json() + "\n" : result.text();
        console.out().write(figures.getBytes(StandardCharsets.UTF_8));
        console.out().flush();
        boolean isWritten = page.isEmpty() || write(page.get(), result, messages);
        result.fault().ifPresent(fault -> messages.line("bench: " + fault));
        messages.line("ledger: " + result.published().toJson());
        result.received().forEach(sums -> messages.line("ledger: " + sums.toJson()));
        if (result.fault().isPresent()) {
            return ExitCode.FAILED;
        }
        return isWritten ? ExitCode.OK : ExitCode.ENVIRONMENT;
    }

    private static boolean write(Path page, BenchResult result, Messages messages) {
        try {
            Files.writeString(page, BenchPage.of(result));
            return true;
        } catch (IOException e) {
            messages.line("bench: " + page + " cannot be written: " + e);
            return false;
        }
    }
}
