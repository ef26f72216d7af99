package io.heliograph.cli;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.Gap;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.Subscriber;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.search.EventQuery;
import io.heliograph.search.QueryException;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what is published at an address. */
@Command(
        name = "sub",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Prints events: each one's data as a line, in base64 if it is not UTF-8 text.",
        footer = {
            "",
            "Gaps and notices are lines on standard error; the last one there is the ledger.",
            "Ends with --count or --wait, or when the reader of its output goes away.",
        })
final class SubCommand implements Callable<Integer> {

    private static final String POSITION = "[0-9a-f]{16}-[0-9]{1,19}";

    private final Console console;
    private final Stop stop;

    @Parameters(index = "0", paramLabel = "ADDRESS", description = "Where, such as udp://239.77.1.1:4770")
    String address = "";

    @Option(names = "--topic", paramLabel = "FILTER", description = "Which topics, such as prices.*; all if left out.")
    Optional<String> topic = Optional.empty();

    @Option(names = "--query", paramLabel = "Q",
            description = "Prints only events that match, such as 'title:garden AND price:[* TO 250000]'; the others count as filtered.")
    Optional<String> query = Optional.empty();

    @Option(names = "--name", paramLabel = "NAME", description = "What this subscriber calls itself in its messages.")
    String name = "sub";

    @Option(names = "--policy", paramLabel = "P", description = "What happens when this subscriber cannot keep up.")
    Optional<String> policy = Optional.empty();

    @Option(names = "--from", paramLabel = "WHERE",
            description = "Where to begin: live (from now on, if left out); over UDP oldest (what a reliable publisher still has)"
                    + " or a position, as --json prints it in id; over ZeroMQ last (the last event of each topic).")
    Optional<String> from = Optional.empty();

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many events.")
    Optional<String> count = Optional.empty();

    @Option(names = "--wait", paramLabel = "D",
            description = "Ends when nothing arrived for so long, such as 5s; exit code 1 if --count was not reached.")
    Optional<String> wait = Optional.empty();

    @Option(names = "--json", description = "Prints CloudEvents in JSON, with sequence, senttime and receivedtime.")
    boolean isJson;

    SubCommand(Console console, Stop stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public Integer call() throws Exception {
        String from = this.from.map(text -> startingAt(address, text)).orElse(address);
        Interest asked = new Interest(topic.map(TopicFilter::of).orElse(TopicFilter.ALL), policy.map(FlowPolicy::parse));
        Optional<Long> most = count.map(text -> Arguments.count("--count", text));
        Optional<Duration> quiet = wait.map(text -> Arguments.positive("--wait", text));
        var messages = console.messages();
        var printer = new EventPrinter(console.out(), isJson ? LineFormat.CLOUD_EVENT : LineFormat.DATA, most);
        Interest interest = query.map(text -> asked.where(condition(text, printer))).orElse(asked);
        var environment = Environment.system().withNotices(notice -> onNotice(notice, printer, messages));
        try (Subscriber subscriber = Heliograph.in(environment).openSubscriber(from)) {
            var listening = new Listening(subscriber, interest, printer, most, quiet, environment.clock(), stop);
            return listening.run(messages, console.terminal(), name,
                    name + ": listening at " + address + " for " + interest.filter() + query.map(text -> " where " + text).orElse(""));
        }
    }

    /** What does not match is never printed, so nothing waits for it: what was printed before goes out. */
    private static Predicate<Event> condition(String text, EventPrinter printer) {
        EventQuery query = parsed(text);
        return event -> {
            boolean isMatch = query.test(event);
            if (!isMatch) {
                printer.flush();
            }
            return isMatch;
        };
    }

    private static EventQuery parsed(String text) {
        try {
            return EventQuery.parse(text);
        } catch (QueryException e) {
            throw new ConfigException("--query", text, "a query; " + e.getMessage());
        }
    }

    /** The address with where to begin. */
    private static String startingAt(String address, String from) {
        Address parsed = Address.parse(address);
        if (parsed.setting("from").isPresent()) {
            throw new ConfigException("--from", from, "--from or the address's own from=, not both");
        }
        if (from.equals("live")) {
            return address;
        }
        switch (parsed.scheme()) {
            case "udp" -> {
                if (!from.equals("oldest") && !from.matches(POSITION)) {
                    throw new ConfigException("--from", from, "live, oldest, or a position such as 687ee42cecf42fac-0;"
                            + " a time needs a journal, which a udp address has not");
                }
            }
            case "zmq", "zmq+inproc" -> {
                if (!from.equals("last")) {
                    throw new ConfigException("--from", from, "live or last: a zmq publisher keeps the last event of each topic at most,"
                            + " and that with last-values=N in its address");
                }
            }
            default -> throw new ConfigException("--from", from,
                    "live: " + parsed.scheme() + " addresses keep nothing for who comes later");
        }
        return address + (parsed.settings().isEmpty() ? "?" : "&") + "from=" + from;
    }

    private static void onNotice(Notice notice, EventPrinter printer, Messages messages) {
        switch (notice) {
            // The handler is the printer, which knows itself why it fails.
            case Notice.HandlerFailed failed -> {
            }
            // What still waits when this subscriber has enough, or the printer failed at, is in the ledger, and no news.
            case Notice.GapTold(String subscription, Gap gap)
                    when gap.reason() == LossReason.LEFT || gap.reason() == LossReason.FAILED -> {
            }
            case Notice.TransportFailed failed -> {
                messages.line(NoticeText.of(failed));
                printer.end(EventPrinter.End.TRANSPORT_FAILED);
            }
            default -> messages.line(NoticeText.of(notice));
        }
    }
}
