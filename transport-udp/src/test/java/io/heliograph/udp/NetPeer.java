package io.heliograph.udp;

import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.Notation;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Session;
import io.heliograph.Subscription;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A publisher or subscriber as a process of its own, which uses the transport as any program would. It writes one object
 * of JSON a line. Arguments are {@code name=value}:
 *
 * <pre>
 * publisher   address=...  events=N  rate=events/s, 0 for all at once  bytes=B  seed=S  await=SUBSCRIBERS
 *             [keys=K]  [policy=P]  [hold=1]  [tell=N]
 *             says ready, started, then its report; retries what is pressed back. With hold it says published before it
 *             ends, publishes more for each line of input that says how many, and ends with its input. With tell it says
 *             how many are accepted at every N of them, for who ends it in the middle
 * subscriber  address=...  [filter=F]  [policy=P]
 *             says ready, a report for each line of input that says report, and ends with its input
 * </pre>
 */
final class NetPeer {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final long PAUSE_NS = 1_000_000;

    private final Map<String, String> arguments;
    private final CollectedNotices notices = new CollectedNotices();
    private final Heliograph heliograph = Heliograph.in(Environment.system().withNotices(notices));
    private final EnumMap<PublishResult, Long> results = new EnumMap<>(PublishResult.class);
    private final Ranges accepted = new Ranges();
    private long next;
    private long longestPublishNs;

    private NetPeer(Map<String, String> arguments) {
        this.arguments = arguments;
    }

    public static void main(String[] arguments) throws Exception {
        var peer = new NetPeer(Arrays.stream(arguments).skip(1).map(argument -> argument.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1])));
        switch (arguments[0]) {
            case "publisher" -> peer.publish();
            case "subscriber" -> peer.subscribe();
            default -> throw new IllegalArgumentException("role " + arguments[0] + ": allowed are publisher, subscriber");
        }
    }

    private void publish() throws InterruptedException, IOException {
        var publisher = (UdpPublisher) heliograph.openPublisher(arguments.get("address"), policy());
        try (publisher) {
            say("{\"ready\":true}");
            if (!publisher.awaitSubscribers(number("await"), PATIENCE)) {
                throw new IllegalStateException(number("await") + " subscribers were awaited, there are "
                        + publisher.subscribers());
            }
            say("{\"started\":true,\"session\":\"" + Session.format(publisher.session()) + "\"}");
            publish(publisher, number("events"));
            if (arguments.containsKey("hold")) {
                say("{\"published\":true}");
                obey(publisher);
            }
        }
        say("{\"role\":\"publisher\",\"session\":\"" + Session.format(publisher.session()) + "\",\"sums\":"
                + publisher.sums().toJson() + ",\"accepted\":" + accepted.toJson()
                + ",\"results\":" + results.entrySet().stream()
                        .map(each -> "\"" + each.getKey() + "\":" + each.getValue())
                        .collect(Collectors.joining(",", "{", "}"))
                + ",\"longest_publish_ms\":" + longestPublishNs / 1_000_000
                + ",\"repairs\":" + (publisher.repairsToOne() + publisher.repairsToGroup()) + ",\"notices\":" + notices() + "}");
    }

    private void obey(Publisher publisher) throws IOException {
        try (var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = input.readLine(); line != null && !line.equals("end"); line = input.readLine()) {
                publish(publisher, Notation.integer("events", line, 1, Integer.MAX_VALUE));
                say("{\"published\":true}");
            }
        }
    }

    private void publish(Publisher publisher, int count) {
        var events = new NetEvents(number("seed"), number("bytes"), arguments.containsKey("keys") ? number("keys") : 0);
        long startNs = System.nanoTime();
        int rate = number("rate");
        int tell = arguments.containsKey("tell") ? number("tell") : 0;
        for (long i = 0; i < count; i++, next++) {
            long dueNs = rate == 0 ? startNs : startNs + i * 1_000_000_000L / rate;
            // A few at once after a pause, as timers are not finer.
            while (System.nanoTime() - dueNs < 0) {
                LockSupport.parkNanos(PAUSE_NS);
            }
            PublishResult result;
            long offeredNs = System.nanoTime();
            do {
                result = publisher.publish(events.event(next));
                results.merge(result, 1L, Long::sum);
            } while (result == PublishResult.BACK_PRESSURED);
            longestPublishNs = Math.max(longestPublishNs, System.nanoTime() - offeredNs);
            if (result == PublishResult.ACCEPTED) {
                accepted.add(next, next);
                if (tell > 0 && accepted.count() % tell == 0) {
                    say("{\"accepted\":" + accepted.count() + "}");
                }
            }
        }
    }

    private void subscribe() throws IOException {
        var hearing = new NetHearing();
        try (var subscriber = (UdpSubscriber) heliograph.openSubscriber(arguments.get("address"));
                var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            var interest = new Interest(TopicFilter.of(arguments.getOrDefault("filter", ">")), policy());
            Subscription subscription = subscriber.subscribe(interest, hearing);
            say("{\"ready\":true}");
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                say("{\"role\":\"subscriber\",\"sums\":" + subscription.sums().toJson() + ",\"sessions\":"
                        + hearing.toJson() + ",\"flow\":" + hearing.flowJson() + ",\"counters\":"
                        + counters(subscriber.counters()) + ",\"notices\":" + notices() + ",\"tails\":" + tails() + "}");
            }
        }
    }

    private static String counters(UdpCounters seen) {
        return "{\"datagrams\":" + seen.datagrams() + ",\"bytes\":" + seen.bytes() + ",\"duplicates\":" + seen.duplicates()
                + ",\"late\":" + seen.late() + ",\"out_of_order\":" + seen.outOfOrder() + ",\"requests\":" + seen.requests()
                + ",\"repaired\":" + seen.repaired() + ",\"given_up\":" + seen.givenUp() + ",\"beyond_window\":"
                + seen.beyondWindow() + "}";
    }

    private Optional<FlowPolicy> policy() {
        return Optional.ofNullable(arguments.get("policy")).map(FlowPolicy::parse);
    }

    private int number(String name) {
        return Notation.integer(name, arguments.getOrDefault(name, ""), 0, Integer.MAX_VALUE);
    }

    /** How often each kind was told. */
    private String notices() {
        return notices.all().stream()
                .collect(Collectors.groupingBy(notice -> notice.getClass().getSimpleName(), Collectors.counting()))
                .entrySet().stream()
                .map(each -> "\"" + each.getKey() + "\":" + each.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** Sessions that ended without a word, each with the last sequence known: {@code [["...",99],...]}. */
    private String tails() {
        return notices.of(Notice.TailUnknown.class).stream()
                .map(tail -> "[\"" + Session.format(tail.session()) + "\"," + tail.sequence() + "]")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
