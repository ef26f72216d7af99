package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.NoticeListener;
import io.heliograph.TopicFilter;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.Limit;
import io.heliograph.flow.TellingLock;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A publisher that keeps last values, and subscribers that come at any moment with any filter, over wires that a seed cuts:
 * each gets the last value of every topic that it wants, then every event, in order, and none twice.
 */
class LatecomerModelTest {

    private static final int SEEDS = 400;
    private static final int STEPS = 600;
    private static final long SESSION = 7;
    private static final List<String> TOPICS = List.of("a", "b", "t.x", "t.y", "t.z");
    private static final List<String> FILTERS = List.of(">", "a", "t.*", "t.x", "b", "nobody");

    /** What one seed brings. */
    private record World(FlowPolicy policy, boolean hasEvictions) {

        static World of(Random random) {
            var limit = new Limit(5 + random.nextInt(30), 600 + random.nextInt(4_000));
            FlowPolicy policy = switch (random.nextInt(4)) {
                case 0 -> FlowPolicy.dropOldest(limit);
                case 1 -> FlowPolicy.dropNewest(limit);
                default -> FlowPolicy.backPressure(limit, Duration.ofSeconds(1));
            };
            return new World(policy, random.nextBoolean());
        }
    }

    /** One run under a seed. */
    private static final class Run {
        private final Random random;
        private final World world;
        private final ManualClock clock = new ManualClock();
        private final Environment environment = new Environment(clock, clock, new Random(1), NoticeListener.NONE);
        private final ZmqConfig config = ZmqConfig.of(
                Address.parse("zmq+inproc://model?last-values=100&window=4KiB&frame=256B"), ZmqConfig.Side.BINDING);
        private final TellingLock lock = new TellingLock();
        private final RemoteSubscribers remotes = new RemoteSubscribers(SESSION, config, lock, environment);
        private final List<Client> clients = new ArrayList<>();
        private final TreeMap<Long, Event> published = new TreeMap<>();
        private final Map<Long, Long> sentAt = new HashMap<>();
        private long next;

        Run(long seed) {
            random = new Random(seed);
            world = World.of(random);
            remotes.changePolicy(world.policy());
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                lock.lock();
                try {
                    step();
                } finally {
                    lock.unlock();
                }
            }
            settle();
        }

        private void step() {
            int choice = random.nextInt(40);
            if (choice < 16) {
                publish();
            } else if (choice == 16 && clients.size() < 6) {
                clients.add(new Client(this, clients.size() + 1));
            } else if (choice == 17) {
                clock.advance(Duration.ofMillis(random.nextInt(300)));
            } else if (choice == 18 && world.hasEvictions() && random.nextInt(4) == 0) {
                // Whoever has no connection now has been silent for too long.
                clock.advance(Duration.ofSeconds(4));
                clients.forEach(Client::exchange);
                clock.advance(Duration.ofSeconds(4));
                remotes.evictSilent(clock.nanoTime());
            } else if (!clients.isEmpty()) {
                clients.get(random.nextInt(clients.size())).step();
            }
        }

        private void publish() {
            Event event = Event.of(TOPICS.get(random.nextInt(TOPICS.size())), Long.toString(next).getBytes(StandardCharsets.US_ASCII));
            boolean isWanted = false;
            boolean isTaken = false;
            for (Destination to : remotes.fanOut().destinations()) {
                if (to.wants(event.topic())) {
                    Verdict verdict = to.judge(world.policy(), event.size(), 0);
                    if (verdict == Verdict.WAIT) {
                        return;
                    }
                    isWanted = true;
                    isTaken |= verdict.takes();
                }
            }
            if (isWanted && !isTaken) {
                return;
            }
            remotes.keepLast(event, 0);
            for (Destination to : remotes.fanOut().destinations()) {
                if (!to.wants(event.topic())) {
                    to.skip();
                } else if (to.makeRoom(world.policy(), event.size(), 0)) {
                    to.accept(event, world.policy(), 0);
                } else {
                    to.lose();
                }
            }
            published.put(next, event);
            sentAt.put(next, clock.epochNanos());
            next++;
            remotes.next(next);
        }

        private void settle() {
            for (int i = 0; i < 2_000 && !isSettled(); i++) {
                lock.lock();
                try {
                    clock.advance(Duration.ofMillis(20));
                    clients.forEach(Client::settle);
                } finally {
                    lock.unlock();
                }
                clients.forEach(client -> client.intake.poll(client.received, 100));
            }
        }

        /** Runs, checks, and says who took part. */
        List<Client> clients(long seed) {
            try {
                run();
                clients.forEach(Client::check);
                return clients;
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + " (" + world + "): " + failure.getMessage(), failure);
            }
        }

        private boolean isSettled() {
            return clients.stream().allMatch(client -> client.isWelcomed() && client.intake.sums().inFlight() == 0
                    && client.follower.expected() == next);
        }
    }

    /** The sequence that was next when a lane began, and what was the last of each topic that it wants. */
    private record Begin(long next, List<Long> due) {
    }

    /** A message to a subscriber, and the lane that it is of. */
    private record Letter(ByteBuffer message, Optional<RemoteSubscriber> of) {

        boolean is(MessageType type) {
            return (message.get(MessageLayout.TYPE_AT) & 0xff) == type.code;
        }
    }

    /** A subscriber with one subscription, and the wire to it. */
    private static final class Client {
        private final Run run;
        private final long id;
        private final String filter;
        /** Publishers connect to it: who comes again is not known to be the same. */
        private final boolean isBinding;
        private final Received received = new Received();
        private final Intake intake;
        private final Feed feed;
        private final ZmqCounters.Tally tally = new ZmqCounters.Tally();
        private final ArrayDeque<ByteBuffer> toPublisher = new ArrayDeque<>();
        private final ArrayDeque<Letter> toSubscriber = new ArrayDeque<>();
        /** Each lane that there has been for it at the publisher; those before the first that it has heard of do not count. */
        private final LinkedHashMap<RemoteSubscriber, Begin> begins = new LinkedHashMap<>();
        private boolean isWelcomed;
        private Follower follower;
        private Peer peer = new DealerSocket().peer();
        private boolean isConnected;

        Client(Run run, long id) {
            this.run = run;
            this.id = id;
            this.filter = FILTERS.get(run.random.nextInt(FILTERS.size()));
            this.isBinding = run.random.nextInt(3) == 0;
            Interest interest = Interest.in(TopicFilter.of(filter));
            intake = new Intake("client " + id, interest, run.lock, () -> { }, run.environment);
            var subscriptions = new Subscriptions();
            subscriptions.add(intake, interest, Optional.empty());
            feed = new Feed(id, subscriptions, Latecomers.From.LAST, 4);
            follower = new Follower(feed, 0, run.config, tally, run.clock.nanoTime());
        }

        boolean isWelcomed() {
            return isWelcomed;
        }

        /** The sequence that was next when it joined. */
        long join() {
            return begins.firstEntry().getValue().next();
        }

        void step() {
            switch (run.random.nextInt(12)) {
                case 0 -> cut();
                case 1, 2 -> connect();
                case 3 -> say(ByteBuffer.wrap(MessageLayout.header(MessageType.WHO, 0, SESSION, run.random.nextInt(2) * id)));
                case 4, 5 -> intake.poll(received, 1 + run.random.nextInt(8));
                case 6, 7 -> speak();
                case 8, 9 -> serve(1 + run.random.nextInt(6));
                case 10 -> hearPublisher(1 + run.random.nextInt(6));
                default -> hearSubscriber(1 + run.random.nextInt(3));
            }
        }

        /** Everything that is on its way arrives, and is answered. */
        void exchange() {
            if (isConnected) {
                speak();
                hearSubscriber(100);
                serve(100);
                hearPublisher(100);
                speak();
                hearSubscriber(100);
            }
        }

        void settle() {
            connect();
            exchange();
        }

        private void say(ByteBuffer message) {
            if (isConnected) {
                toSubscriber.addLast(new Letter(message, Optional.empty()));
            }
        }

        private void connect() {
            if (!isConnected) {
                isConnected = true;
                peer = new DealerSocket().peer();
                say(ByteBuffer.wrap(MessageLayout.header(MessageType.KNOCK, 0, SESSION, 0)));
            }
        }

        private void cut() {
            if (isConnected) {
                isConnected = false;
                toPublisher.clear();
                toSubscriber.clear();
                run.remotes.receive(peer, ByteBuffer.wrap(MessageLayout.header(MessageType.LOST, 0, 0, 0)), run.clock.nanoTime());
                if (isBinding) {
                    follower.lose();
                    follower = new Follower(feed, 0, run.config, tally, run.clock.nanoTime());
                }
            }
        }

        private void speak() {
            follower.onTime(run.clock.epochNanos(), run.clock.nanoTime());
            // Before the knock nobody knows that there is a connection.
            follower.due(isConnected && toSubscriber.stream().noneMatch(letter -> letter.is(MessageType.KNOCK)), run.clock.nanoTime())
                    .ifPresent(toPublisher::addLast);
        }

        private void hearSubscriber(int most) {
            for (int i = 0; i < most && !toPublisher.isEmpty(); i++) {
                ByteBuffer message = toPublisher.removeFirst();
                if (run.remotes.receive(peer, message, run.clock.nanoTime()) == RemoteSubscribers.Change.STRANGER) {
                    say(PublisherMessages.who(SESSION, id));
                }
                noteLane();
            }
        }

        /** Takes down when a lane begins, and what it must begin with. */
        private void noteLane() {
            if (remote().isPresent() && !begins.containsKey(remote().get())) {
                var due = new ArrayList<Long>();
                for (String topic : TOPICS) {
                    run.published.descendingMap().entrySet().stream()
                            .filter(entry -> isWanted(topic) && entry.getValue().topic().equals(topic))
                            .findFirst().ifPresent(entry -> due.add(entry.getKey()));
                }
                begins.put(remote().get(), new Begin(run.next, due));
            }
        }

        private Optional<RemoteSubscriber> remote() {
            for (RemoteSubscriber each : run.remotes.fanOut().all()) {
                if (each.lane.subscriber() == id) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }

        boolean isWanted(String topic) {
            return TopicFilter.of(filter).matches(topic);
        }

        private void serve(int most) {
            long nowNs = run.clock.nanoTime();
            for (int i = 0; i < most && remote().isPresent(); i++) {
                RemoteSubscriber to = remote().get();
                RemoteSubscriber.Due what = to.due(false, Duration.ofSeconds(1).toNanos(), nowNs);
                if (what == RemoteSubscriber.Due.NOTHING || !to.peer.equals(peer) || !isConnected) {
                    return;
                }
                Lane lane = to.lane;
                ByteBuffer message = switch (what) {
                    case WELCOME -> PublisherMessages.welcome(SESSION, id, to.welcomeFlags(true), to.welcomeSequence, lane.told());
                    case HEARTBEAT -> PublisherMessages.state(SESSION, id, lane.place(), lane.told());
                    case FRAME -> lane.take().orElseThrow();
                    case END, NOTHING -> throw new AssertionError(what);
                };
                toSubscriber.addLast(new Letter(message, Optional.of(to)));
                to.onSent(what, nowNs);
            }
        }

        private void hearPublisher(int most) {
            for (int i = 0; i < most && !toSubscriber.isEmpty(); i++) {
                Letter letter = toSubscriber.removeFirst();
                ByteBuffer message = letter.message().duplicate().order(ByteOrder.LITTLE_ENDIAN);
                if (letter.of().isEmpty()) {
                    follower.knock(message.getLong(MessageLayout.SESSION_AT), run.clock.nanoTime());
                } else if (follower.isHelloSaid()) {
                    if (letter.is(MessageType.WELCOME) && !isWelcomed) {
                        isWelcomed = true;
                        forgetLanesBefore(letter.of().get());
                    }
                    follower.take(message, run.clock.epochNanos(), run.clock.nanoTime());
                }
            }
        }

        private void forgetLanesBefore(RemoteSubscriber first) {
            while (begins.firstEntry().getKey() != first) {
                begins.pollFirstEntry();
            }
        }

        void check() {
            assertThat(isWelcomed).as("it has joined").isTrue();
            long join = join();
            var wanted = new TreeSet<Long>();
            run.published.forEach((sequence, event) -> {
                if (isWanted(event.topic()) && (sequence >= join || begins.firstEntry().getValue().due().contains(sequence))) {
                    wanted.add(sequence);
                }
            });
            long start = wanted.headSet(join).isEmpty() ? join : wanted.first();
            var missing = new TreeSet<>(wanted);
            for (Delivery delivery : received.deliveries()) {
                long sequence = delivery.position().sequence();
                assertThat(missing.remove(sequence)).as("handed out once, and wanted: " + sequence).isTrue();
                assertThat(delivery.event()).isEqualTo(run.published.get(sequence));
                if (sequence < join) {
                    assertThat(delivery.sentEpochNanos()).isEqualTo(run.sentAt.get(sequence));
                }
            }
            assertThat(received.deliveries()).extracting(delivery -> delivery.position().sequence()).isSorted();
            SubscriberSums sums = intake.sums();
            assertThat(sums.difference()).isZero();
            assertThat(sums.duplicates()).isZero();
            assertThat(sums.delivered()).isEqualTo(received.count());
            assertThat(sums.known()).isEqualTo(run.next - start);
            assertThat(received.lost()).isEqualTo(sums.lostTotal());
            checkMissing(missing, begins.lastEntry().getValue().due(), sums);
            assertThat(tally.malformed).isEmpty();
        }

        private void checkMissing(TreeSet<Long> missing, List<Long> due, SubscriberSums sums) {
            if (run.world.policy().waits()) {
                assertThat(sums.lost().keySet()).isSubsetOf(LossReason.EVICTED);
                // Those that were last when it came back are not lost, however long it was away.
                assertThat(missing).noneMatch(due::contains);
            }
            if (begins.size() == 1) {
                assertThat(sums.lost().keySet()).isSubsetOf(LossReason.OVERFLOW);
                assertThat(sums.lostTotal()).isEqualTo(missing.size());
            }
            var uncovered = new TreeSet<>(missing);
            for (Gap gap : received.gaps()) {
                uncovered.removeIf(sequence -> sequence >= gap.from() && sequence <= gap.to());
            }
            assertThat(uncovered).as("lost, and in no gap").isEmpty();
        }
    }

    @Test
    void everyoneGetsTheLastValuesThenEachEventInOrderAndNoneTwice() {
        long clients = 0;
        long snapshots = 0;
        long returns = 0;
        long lost = 0;
        for (int i = 0; i < SEEDS; i++) {
            // Half of the seeds are new each time; the message of a failure has them.
            long seed = i < SEEDS / 2 ? i : System.nanoTime() + i;
            var run = new Run(seed);
            for (Client client : run.clients(seed)) {
                clients++;
                snapshots += client.received.deliveries().stream()
                        .filter(delivery -> delivery.position().sequence() < client.join()).count();
                returns += client.begins.size() - 1;
                lost += client.received.lost();
            }
        }
        assertThat(clients).isGreaterThan(SEEDS);
        assertThat(snapshots).as("last values handed out").isGreaterThan(SEEDS);
        assertThat(returns).as("lanes begun again").isGreaterThan(SEEDS / 20);
        assertThat(lost).isPositive();
    }
}
