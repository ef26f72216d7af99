package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Interest;
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
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Two publishers to which a seed brings the same, of which one lets lanes rest: whatever it brings, each subscriber of the one
 * gets, loses and is told the same as its twin.
 */
class RestingLanesTest {

    private static final int SEEDS = 300;
    private static final int STEPS = 1_500;
    private static final long SESSION = 7;
    private static final List<String> TOPICS = List.of("w.a", "w.a", "w.a", "w.a", "w.a", "w.a", "w.b", "u");

    /** What both do at one step. */
    private record Step(int choice, int client, int number, String topic, String text) {

        static Step of(Random random) {
            String text = Integer.toString(random.nextInt(1_000_000_000)).repeat(random.nextInt(25) == 0 ? 40 : 1 + random.nextInt(8));
            return new Step(random.nextInt(100), random.nextInt(3), random.nextInt(20), TOPICS.get(random.nextInt(TOPICS.size())), text);
        }
    }

    /** A publisher and its subscribers. */
    private static final class World {
        private final boolean isResting;
        private final ManualClock clock = new ManualClock();
        private final Environment environment = new Environment(clock, clock, new Random(1), NoticeListener.NONE);
        private final ZmqConfig config;
        private final TellingLock lock = new TellingLock();
        private final RemoteSubscribers remotes;
        private final List<Client> clients = new ArrayList<>();
        private FlowPolicy policy;
        private long next;
        private int rests;

        World(long seed, boolean isResting) {
            this.isResting = isResting;
            var random = new Random(seed);
            // Over TCP frames are packed in what others were packed in before.
            config = ZmqConfig.of(Address.parse("zmq://127.0.0.1:5000?frame=" + (64 << random.nextInt(8)) + "B"), ZmqConfig.Side.BINDING);
            remotes = new RemoteSubscribers(SESSION, config, lock, environment);
            policy = ceiling(random.nextInt(8));
            lock.lock();
            remotes.changePolicy(policy);
            for (int i = 0; i < 3; i++) {
                String filter = List.of(">", ">", "w.>", "w.a").get(random.nextInt(4));
                var weaker = FlowPolicy.dropOldest(new Limit(3 + random.nextInt(60), 200 + random.nextInt(9_000)));
                clients.add(new Client(this, i + 1, filter, i == 0 ? Optional.empty() : Optional.of(weaker)));
            }
        }

        private static FlowPolicy ceiling(int choice) {
            return switch (choice) {
                case 0 -> FlowPolicy.dropOldest(new Limit(40, 8_000));
                case 1 -> FlowPolicy.dropNewest(new Limit(40, 8_000));
                case 2 -> FlowPolicy.backPressure(new Limit(30, 6_000), Duration.ofSeconds(1));
                default -> FlowPolicy.backPressure(new Limit(100_000, 64 << 20), Duration.ofSeconds(1));
            };
        }

        /** Says what became of an event, if that was what the step brought. */
        Optional<Verdict> step(Step step) {
            Client client = clients.get(step.client());
            Optional<Verdict> verdict = Optional.empty();
            if (step.choice() < 60) {
                verdict = Optional.of(publish(event(step)));
            } else if (step.choice() < 76) {
                clients.getFirst().exchange();
                clients.getFirst().poll(1_000);
            } else if (step.choice() < 86) {
                client.exchange();
            } else if (step.choice() < 90) {
                client.poll(step.number());
            } else if (step.choice() == 90) {
                policy = ceiling(step.number());
                remotes.changePolicy(policy);
            } else if (step.choice() == 91) {
                client.cut();
            } else if (step.choice() == 92) {
                clock.advance(Duration.ofMillis(step.number()));
            }
            if (isResting) {
                remotes.fanOut().rest();
                rests += remotes.fanOut().destinations().length < remotes.fanOut().all().length ? 1 : 0;
            }
            return verdict;
        }

        private static Event event(Step step) {
            var event = Event.builder(step.topic()).data(step.text().getBytes(StandardCharsets.US_ASCII));
            if (step.number() == 1) {
                event.ttl(Duration.ofDays(1));
            } else if (step.number() < 4) {
                event.subject("subject");
            }
            return event.build();
        }

        /** As a publisher does. */
        private Verdict publish(Event event) {
            int size = event.size();
            remotes.fanOut().propose(size);
            boolean isWanted = false;
            boolean isTaken = false;
            for (Destination to : remotes.fanOut().destinations()) {
                if (to.wants(event.topic())) {
                    Verdict verdict = to.judge(policy, size, 0);
                    if (verdict == Verdict.WAIT) {
                        return verdict;
                    }
                    isWanted = true;
                    isTaken |= verdict.takes();
                }
            }
            if (isWanted && !isTaken) {
                return Verdict.DROP;
            }
            remotes.fanOut().expect(event.topic(), size, event.ttl().isEmpty());
            for (Destination to : remotes.fanOut().destinations()) {
                if (!to.wants(event.topic())) {
                    to.skip();
                } else if (!to.makeRoom(policy, size, 0)) {
                    to.lose();
                } else if (event.subject().isEmpty() && event.ttl().isEmpty()) {
                    byte[] bytes = ("x" + event.text()).getBytes(StandardCharsets.US_ASCII);
                    to.accept(event.topic(), bytes, 1, bytes.length - 1, policy);
                } else {
                    to.accept(event, policy, clock.nanoTime());
                }
            }
            next++;
            remotes.next(next);
            return Verdict.ADMIT;
        }

        void settle() {
            for (int i = 0; i < 200; i++) {
                clock.advance(Duration.ofMillis(20));
                clients.forEach(client -> {
                    client.exchange();
                    client.poll(1_000);
                });
            }
        }
    }

    /** A subscriber, which is told at once what is due. */
    private static final class Client {
        private final World world;
        private final long id;
        private final Received received = new Received();
        private final Intake intake;
        private final Follower follower;
        private final ZmqCounters.Tally tally = new ZmqCounters.Tally();
        private Peer peer = new DealerSocket().peer();

        Client(World world, long id, String filter, Optional<FlowPolicy> weaker) {
            this.world = world;
            this.id = id;
            Interest all = Interest.in(TopicFilter.of(filter));
            Interest interest = weaker.map(all::withPolicy).orElse(all);
            intake = new Intake("client " + id, interest, world.lock, () -> { }, world.environment);
            var subscriptions = new Subscriptions();
            subscriptions.add(intake, interest, Optional.empty());
            follower = new Follower(new Feed(id, subscriptions, Latecomers.From.LIVE, 4), 0, world.config, tally, 0);
            follower.knock(SESSION, 0);
            exchange();
        }

        private RemoteSubscriber remote() {
            for (RemoteSubscriber each : world.remotes.fanOut().all()) {
                if (each.lane.subscriber() == id) {
                    return each;
                }
            }
            throw new AssertionError("no lane for " + id);
        }

        void poll(int most) {
            intake.poll(received, most);
        }

        void cut() {
            world.remotes.receive(peer, ByteBuffer.wrap(MessageLayout.header(MessageType.LOST, 0, 0, 0)), world.clock.nanoTime());
            peer = new DealerSocket().peer();
            follower.knock(SESSION, world.clock.nanoTime());
            exchange();
        }

        /** It speaks, and hears all that it is due. */
        void exchange() {
            long nowNs = world.clock.nanoTime();
            follower.onTime(0, nowNs);
            follower.due(true, nowNs).ifPresent(message -> world.remotes.receive(peer, message, nowNs));
            RemoteSubscriber remote = remote();
            while (true) {
                RemoteSubscriber.Due due = remote.due(false, Duration.ofDays(9).toNanos(), nowNs);
                switch (due) {
                    case WELCOME -> hear(PublisherMessages.welcome(SESSION, id, remote.welcomeFlags(false), remote.welcomeSequence,
                            remote.lane.told()));
                    case FRAME -> hear(remote.lane.take().orElseThrow());
                    case HEARTBEAT, END -> throw new AssertionError(due);
                    case NOTHING -> {
                        return;
                    }
                }
                remote.onSent(due, nowNs);
            }
        }

        private void hear(ByteBuffer message) {
            ByteBuffer arrived = ByteBuffer.allocate(message.capacity()).put(message.duplicate().clear()).clear();
            follower.take(arrived.order(ByteOrder.LITTLE_ENDIAN), 0, world.clock.nanoTime());
        }

        List<String> texts() {
            return received.deliveries().stream().map(each -> each.position().sequence() + " " + each.event().text()).toList();
        }

        void requireLike(Client twin) {
            assertThat(texts()).isEqualTo(twin.texts());
            SubscriberSums sums = intake.sums();
            SubscriberSums others = twin.intake.sums();
            assertThat(sums.lost()).isEqualTo(others.lost());
            assertThat(sums.filtered()).isEqualTo(others.filtered());
            assertThat(sums.known()).isEqualTo(world.next).isEqualTo(others.known());
            assertThat(sums.difference()).isZero();
            assertThat(sums.duplicates()).isZero();
            assertThat(tally.malformed).isEmpty();
        }
    }

    private static void check(long seed, Consumer<World> afterwards) {
        try {
            var random = new Random(seed);
            var world = new World(seed, true);
            var twin = new World(seed, false);
            for (int i = 0; i < STEPS; i++) {
                Step step = Step.of(random);
                assertThat(world.step(step)).isEqualTo(twin.step(step));
                if (i % 100 == 0) {
                    assertThat(world.remotes.fanOut().givenUp()).isEqualTo(twin.remotes.fanOut().givenUp());
                }
            }
            world.settle();
            twin.settle();
            for (int i = 0; i < world.clients.size(); i++) {
                world.clients.get(i).requireLike(twin.clients.get(i));
            }
            afterwards.accept(world);
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
        }
    }

    @Test
    void whoeverRestsKeepsAndGivesUpWhatItsTwinDoes() {
        long[] rests = {0};
        long[] lost = {0};
        for (int i = 0; i < SEEDS; i++) {
            // Half of the seeds are new each time; the message of a failure has them.
            check(i < SEEDS / 2 ? i : System.nanoTime() + i, world -> {
                rests[0] += world.rests;
                world.clients.forEach(client -> lost[0] += client.intake.sums().lostTotal());
            });
        }
        assertThat(rests[0]).as("steps in which a lane rested").isGreaterThan(10L * SEEDS);
        assertThat(lost[0]).isGreaterThan(10L * SEEDS);
    }
}
