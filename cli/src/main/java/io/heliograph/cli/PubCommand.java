package io.heliograph.cli;

import io.heliograph.AttributeValue;
import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.Publisher;
import io.heliograph.Topic;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Environment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes lines, one text many times, or CloudEvents. */
@Command(
        name = "pub",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Publishes events: DATA, else each line of standard input.",
        footer = {
            "",
            "Under a backpressure policy an event that a subscriber has no room for is offered",
            "again until it is accepted; each refusal counts in the ledger: the last lines on",
            "standard error, one of the publisher, then one of each webhook receiver or group",
            "of workers. Ends with the input, or with --count; exit code 1 if an event could",
            "not be read or was refused for good, or if a receiver or a group got none.",
        })
final class PubCommand implements Callable<Integer> {

    private static final String DEFAULT_TOPIC = "events";

    private final Console console;
    private final Stop stop;

    @Parameters(index = "0", paramLabel = "ADDRESS", description = "Where, such as udp://239.77.1.1:4770")
    String address = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "DATA", description = "The event's data, as text.")
    Optional<String> data = Optional.empty();

    @Option(names = "--topic", paramLabel = "T", description = "The topic; " + DEFAULT_TOPIC + " if left out.")
    Optional<String> topic = Optional.empty();

    @Option(names = "-H", paramLabel = "NAME=VALUE", description = "An extension attribute; may be repeated.")
    List<String> attributes = new ArrayList<>();

    @Option(names = "--key", paramLabel = "K", description = "The key: attribute " + Event.PARTITION_KEY + ".")
    Optional<String> key = Optional.empty();

    @Option(names = "--count", paramLabel = "N", description = "How often DATA is sent; of the input, how many at most.")
    Optional<String> count = Optional.empty();

    @Option(names = "--rate", paramLabel = "R", description = "Events a second.")
    Optional<String> rate = Optional.empty();

    @Option(names = "--size", paramLabel = "B", description = "Makes data of so many bytes, such as 1KiB.")
    Optional<String> size = Optional.empty();

    @Option(names = "--policy", paramLabel = "P", description = "What happens when a subscriber cannot keep up.")
    Optional<String> policy = Optional.empty();

    @Option(names = "--await-subscribers", paramLabel = "N", description = "Begins when so many listen.")
    Optional<String> awaited = Optional.empty();

    @Option(names = "--json", description = "DATA, or each line of the input, is a CloudEvent in JSON.")
    boolean isJson;

    PubCommand(Console console, Stop stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public Integer call() throws Exception {
        var messages = console.messages();
        var environment = Environment.system().withNotices(notice -> messages.line(NoticeText.of(notice)));
        Optional<FlowPolicy> chosen = policy.map(FlowPolicy::parse);
        OptionalDouble perSecond = rate.map(text -> OptionalDouble.of(Arguments.rate("--rate", text)))
                .orElse(OptionalDouble.empty());
        int subscribers = (int) Math.min(Integer.MAX_VALUE,
                awaited.map(text -> Arguments.count("--await-subscribers", text)).orElse(0L));
        Feed feed = feed(messages);
        try (Publisher publisher = Heliograph.in(environment).openPublisher(address, chosen)) {
            var publishing = new Publishing(publisher, feed, subscribers, perSecond, environment.clock(), stop, messages);
            return publishing.run();
        }
    }

    private Feed feed(Messages messages) {
        Map<String, AttributeValue> added = Arguments.attributes("-H", attributes);
        key.ifPresent(text -> added.put(Event.PARTITION_KEY, new AttributeValue.Text(text)));
        EventMaker maker = maker(added);
        if (data.isPresent() && size.isPresent()) {
            throw new ConfigException("--size", size.get(), "DATA or --size, not both");
        }
        Optional<byte[]> given = data.map(PubCommand::bytes)
                .or(() -> size.map(text -> filling(Arguments.size("--size", text))));
        if (given.isPresent()) {
            long times = count.map(text -> Arguments.count("--count", text)).orElse(1L);
            return new RepeatedFeed(once(maker, given.get()), times);
        }
        long most = count.map(text -> Arguments.count("--count", text)).orElse(Long.MAX_VALUE);
        if (console.terminal().input()) {
            messages.line("pub: each line typed is an event; Ctrl-D ends");
        }
        return new LineFeed(new LineReader(console.in(), LineReader.MAX_LINE_BYTES), maker, most, messages);
    }

    private EventMaker maker(Map<String, AttributeValue> added) {
        if (!isJson) {
            return EventMaker.ofText(Topic.require(topic.orElse(DEFAULT_TOPIC)), added);
        }
        topic.ifPresent(text -> {
            throw new ConfigException("--topic", text, "--topic or --json, not both: a CloudEvent's type is its topic");
        });
        size.ifPresent(text -> {
            throw new ConfigException("--size", text, "--size or --json, not both");
        });
        return EventMaker.ofCloudEvents(added);
    }

    private static Event once(EventMaker maker, byte[] given) {
        try {
            return maker.make(given);
        } catch (UnreadableLineException e) {
            throw new ConfigException("DATA", new String(given, StandardCharsets.UTF_8), "a CloudEvent in JSON: "
                    + e.getMessage());
        }
    }

    /** The bytes of an argument, if the JVM could read it under the locale; a replaced character is data lost. */
    private static byte[] bytes(String argument) {
        boolean isUtf8 = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));
        if (!isUtf8 && argument.indexOf('\ufffd') >= 0) {
            throw new ConfigException("DATA", argument,
                    "what the locale can express: set LC_ALL=C.UTF-8, or give the data on standard input");
        }
        return argument.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] filling(int length) {
        byte[] letters = new byte[length];
        for (int i = 0; i < length; i++) {
            letters[i] = (byte) ('a' + i % 26);
        }
        return letters;
    }
}
