package io.heliograph.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Position;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.Limit;
import io.heliograph.flow.SessionIntake;
import io.heliograph.flow.TellingLock;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Intakes behind a link that drops, doubles, reorders and delays: the order, the gaps and the sums stay exact. */
class LossyIntakeTest {

    private static final int EVENTS = 5_000;
    private static final long SESSION = 77;
    private static final FlowPolicy POLICY = FlowPolicy.dropOldest(Limit.events(EVENTS));
    private static final FaultKind[] CLAIMED = {FaultKind.DROP, FaultKind.DUPLICATE, FaultKind.REORDER, FaultKind.DELAY};

    private final ManualClock clock = new ManualClock();

    /** One subscriber behind the link, and what an onlooker would expect of it. */
    private final class End {
        private final SimReceiver receiver;
        private final String filter;
        private final Intake intake;
        private final SessionIntake session;
        private final List<Long> handed = new ArrayList<>();
        private final Set<Long> placed = new TreeSet<>();
        private final int joinedAt;
        private long highest;
        private long duplicates;
        private long filtered;
        private long told;
        private long lastTold = -1;

        End(SimLink link, Faults faults, String filter, int joinedAt) {
            receiver = link.receiver(faults);
            this.filter = filter;
            var environment = new Environment(clock, clock, new SplittableRandom(1), new CollectedNotices());
            intake = new Intake("end", Interest.in(TopicFilter.of(filter)), new TellingLock(), () -> { }, environment);
            session = intake.join(SESSION, joinedAt);
            this.joinedAt = joinedAt;
            highest = joinedAt - 1L;
        }

        void receiveAll() {
            for (Optional<byte[]> next = receiver.poll(); next.isPresent(); next = receiver.poll()) {
                long sequence = ByteBuffer.wrap(next.get()).getLong();
                expect(sequence);
                Event event = event(sequence);
                if (intake.wants(event.topic())) {
                    session.offer(new Delivery(event, new Position(SESSION, sequence), 0, 0), POLICY, 0);
                } else {
                    session.skip(sequence);
                }
            }
        }

        private void expect(long sequence) {
            if (sequence > highest) {
                highest = sequence;
                placed.add(sequence);
                filtered += WantedTopics.wants(filter, event(sequence).topic()) ? 0 : 1;
            } else if (sequence >= joinedAt) {
                duplicates++;
            }
        }

        void handOut(int limit) {
            intake.poll(new EventHandler() {
                @Override
                public void onEvent(Delivery delivery) {
                    assertThat(delivery.event()).isEqualTo(event(delivery.position().sequence()));
                    assertThat(delivery.position().sequence()).isGreaterThan(lastTold);
                    handed.add(delivery.position().sequence());
                }

                @Override
                public void onGap(Gap gap) {
                    assertThat(gap.reason()).isEqualTo(LossReason.NETWORK);
                    assertThat(gap.from()).isGreaterThan(handed.isEmpty() ? -1 : handed.getLast());
                    told += gap.count();
                    lastTold = gap.to();
                }
            }, limit);
        }

        void check(String seed) {
            SubscriberSums sums = intake.sums();
            List<Long> wanted = placed.stream().filter(sequence -> WantedTopics.wants(filter, event(sequence).topic())).toList();
            assertThat(handed).as(seed).isEqualTo(wanted);
            assertThat(sums.known()).as(seed).isEqualTo(EVENTS - joinedAt);
            assertThat(sums.delivered()).as(seed).isEqualTo(wanted.size());
            assertThat(sums.filtered()).as(seed).isEqualTo(filtered);
            assertThat(sums.duplicates()).as(seed).isEqualTo(duplicates);
            assertThat(sums.lost().getOrDefault(LossReason.NETWORK, 0L)).as(seed).isEqualTo(EVENTS - joinedAt - placed.size());
            assertThat(told).as(seed).isEqualTo(sums.lostTotal());
            assertThat(sums.inFlight()).as(seed).isZero();
            assertThat(sums.difference()).as(seed).isZero();
        }
    }

    @Test
    void placesEachArrivalOnce() {
        var end = new End(new SimLink(0, clock), Faults.NONE, ">", 0);
        for (long sequence : new long[] {0, 1, 1, 3, 2, 3, 6}) {
            end.session.offer(new Delivery(event(sequence), new Position(SESSION, sequence), 0, 0), POLICY, 0);
        }
        end.session.end(8);
        end.handOut(100);
        assertThat(end.handed).containsExactly(0L, 1L, 3L, 6L);
        assertThat(end.told).isEqualTo(4);
        assertThat(end.intake.sums())
                .isEqualTo(new SubscriberSums(8, 4, 0, Map.of(LossReason.NETWORK, 4L), 0, 3, 3, 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void losesDoublesAndMisordersNothingThatIsNotTold(long seed) {
        var link = new SimLink(seed, clock);
        Faults faults = Faults.NONE.withDrop(0.05).withDuplicate(0.05).withReorder(0.02).withDelay(0.02)
                .withLongest(Duration.ofMillis(2));
        var ends = List.of(new End(link, faults, ">", 0), new End(link, faults, "even", 0), new End(link, faults, ">", 100));
        var random = new SplittableRandom(seed);
        for (long sequence = 0; sequence < EVENTS; sequence++) {
            link.send(ByteBuffer.allocate(8).putLong(sequence).array());
            clock.advance(Duration.ofNanos(100_000));
            for (End end : ends) {
                end.receiveAll();
                end.handOut(random.nextInt(4));
            }
        }
        clock.advance(Duration.ofSeconds(1));
        link.faultCounts().requireHappened(CLAIMED);
        for (End end : ends) {
            end.receiveAll();
            // The last ones may be lost; the end of the stream tells how many there were.
            end.session.end(EVENTS);
            end.handOut(Integer.MAX_VALUE);
            end.check("seed " + seed);
        }
    }

    private static Event event(long sequence) {
        return Event.of(sequence % 2 == 0 ? "even" : "odd", Long.toString(sequence));
    }
}
