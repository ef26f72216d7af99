package io.heliograph.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Position;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.SubscriberSums;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The recorder against a subscriber that says whatever a case wants. */
class RecorderTest {

    private static final long SESSION = 5;

    private final Recorder recorder = new Recorder(Set.of(Trait.ORDERED, Trait.LOSSLESS));
    private final Publisher real = Heliograph.publisher("local:recorder-test");
    private final Scripted scripted = new Scripted();
    private RecordedSubscription subscription;

    /** Hands out what it is told to, and shows the sums that it is told to. */
    private static final class Scripted implements Subscriber, Subscription {
        private SubscriberSums sums = SubscriberSums.ZERO;

        @Override
        public Subscription subscribe(Interest interest, EventHandler handler) {
            throw new UnsupportedOperationException("polled only");
        }

        @Override
        public Subscription subscribePolled(Interest interest) {
            return this;
        }

        @Override
        public int poll(EventHandler handler, int limit) {
            return 0;
        }

        @Override
        public void replacePolicy(FlowPolicy policy) {
        }

        @Override
        public SubscriberSums sums() {
            return sums;
        }

        @Override
        public void close() {
        }
    }

    @BeforeEach
    void acceptFour() {
        subscription = recorder.polled("s", scripted, Interest.in(TopicFilter.of("t.*")));
        RecordedPublisher publisher = recorder.publisher("p", real);
        for (int i = 0; i < 4; i++) {
            publisher.publish(event(i));
        }
    }

    @AfterEach
    void close() {
        real.close();
    }

    @Test
    void isCleanWhenAllArrived() {
        hand(0, 1, 2, 3);
        scripted.sums = new SubscriberSums(4, 4, 0, Map.of(), 0, 0, 0, 0);
        assertThat(faults()).containsOnly("p's unheard is 4, and the recorder says 0");
    }

    @Test
    void explainsWhatIsMissingByGaps() {
        hand(0);
        gap(1, 2, 2);
        hand(3);
        scripted.sums = new SubscriberSums(4, 2, 0, Map.of(LossReason.OVERFLOW, 2L), 0, 0, 1, 0);
        assertThat(faults()).containsOnly("p's unheard is 4, and the recorder says 0");
    }

    @Test
    void noticesALostEvent() {
        hand(0, 1, 3);
        assertFault("s was neither handed nor told of 1 of p's events");
    }

    @Test
    void noticesADoubledEvent() {
        hand(0, 1, 1, 2, 3);
        assertFault("s was handed p's sequence 1 2 times");
    }

    @Test
    void noticesASwap() {
        hand(0, 2, 1, 3);
        assertFault("s got sequence 1 after 2");
    }

    @Test
    void noticesContentAtAnotherPlace() {
        deliver(event(0), 1);
        deliver(event(1), 0);
        assertFault("was accepted before one with a lower sequence");
    }

    @Test
    void noticesAnInventedEvent() {
        deliver(Event.of("t.a", "invented"), 0);
        assertFault("which nobody accepted");
    }

    @Test
    void noticesAChangedAttribute() {
        deliver(event(0).toBuilder().attribute("a", "b").build(), 0);
        assertFault("which nobody accepted");
    }

    @Test
    void noticesAGapThatCountsTooMany() {
        hand(0);
        gap(1, 3, 3);
        hand(3);
        assertFault("from 1 to 3 is 3, and the recorder says 2");
    }

    @Test
    void noticesAGapToldTooLate() {
        hand(0, 3);
        gap(1, 2, 2);
        assertFault("only after 3");
    }

    @Test
    void noticesWhatTheFilterDoesNotWant() {
        recorder.publisher("q", real).publish(Event.of("u", "other"));
        hand(0, 1, 2, 3);
        deliver(Event.of("u", "other"), 4);
        assertFault("what its filter does not want");
    }

    @Test
    void noticesEachWrongSum() {
        hand(0, 1, 2, 3);
        scripted.sums = new SubscriberSums(5, 3, 1, Map.of(LossReason.NETWORK, 1L), 2, 1, 1, 1);
        for (String term : List.of("known", "delivered", "filtered", "lost(network)", "in_flight", "duplicates", "gaps", "failures",
                "difference")) {
            assertFault("s's " + term + " is ");
        }
    }

    @Test
    void readsAsAListOfFaults() {
        hand(0, 0);
        assertThatThrownBy(() -> recorder.report().requireClean()).isInstanceOf(AssertionError.class)
                .hasMessageContaining("faults:").hasMessageContaining("2 times");
    }

    private static Event event(int number) {
        return Event.of("t.a", Integer.toString(number));
    }

    private void hand(int... sequences) {
        for (int sequence : sequences) {
            deliver(event(sequence), sequence);
        }
    }

    private void deliver(Event event, long sequence) {
        subscription.note(new Arrival.Handed(new Delivery(event, new Position(SESSION, sequence), 0, 0), Fingerprint.of(event), false));
    }

    private void gap(long from, long to, long count) {
        subscription.note(new Arrival.Told(new Gap(SESSION, from, to, count, LossReason.OVERFLOW), false));
    }

    private void assertFault(String part) {
        assertThat(faults()).anyMatch(fault -> fault.contains(part));
    }

    private List<String> faults() {
        return recorder.report().faults();
    }
}
