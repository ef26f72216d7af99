package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.Position;
import io.heliograph.Subscription;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.Faults;
import io.heliograph.testkit.ManualClock;
import io.heliograph.testkit.SimReceiver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A subscriber with a place for one session only, so that each newcomer makes it forget the one before. */
class ForgottenSessionTest implements EventHandler {

    private static final Duration LONG_SILENCE = UdpLimits.defaults().silence().plusSeconds(1);

    private final ManualClock clock = new ManualClock();
    private final CollectedNotices notices = new CollectedNotices();
    private final Environment environment = new Environment(clock, clock, new Random(7), notices);
    private final SimNetwork network = new SimNetwork(7, clock);
    private final SimReceiver recording = network.link().receiver(Faults.NONE);
    private final List<Position> delivered = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private final UdpSubscriber subscriber = new UdpSubscriber(SimNetwork.feed(1_400, false, UdpLimits.defaults().withSessions(1)),
            network.subscriberIo(Faults.NONE, Faults.NONE),
                UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment);
    private final Subscription subscription = subscriber.subscribePolled(Interest.inAll());
    private final UdpPublisher first = publisher();
    private final UdpPublisher second = publisher();

    @Override
    public void onEvent(Delivery delivery) {
        delivered.add(delivery.position());
    }

    @Override
    public void onGap(Gap gap) {
        gaps.add(gap);
    }

    @Test
    void oneThatIsHeardAgainWhileItsEventIsWithTheHandlerGoesOnWhereItWas() throws IOException {
        publish(first, 2);
        subscription.poll(delivery -> {
            onEvent(delivery);
            clock.advance(LONG_SILENCE);
            publish(second, 1);
            clock.advance(LONG_SILENCE);
            publish(first, 1);
        }, 1);
        publish(first, 1);
        poll();
        assertThat(delivered).containsExactlyInAnyOrder(at(first, 0), at(first, 1), at(first, 2), at(first, 3), at(second, 0));
        assertThat(gaps).isEmpty();
        assertThat(subscriber.counters().refusedSessions()).isZero();
        assertSums(5, 0);
    }

    @Test
    void oneThatEndedAndIsHeardAgainWhileItsEventIsWithTheHandlerIsIgnored() throws IOException {
        publish(first, 2);
        end(first);
        List<byte[]> life = recorded();
        subscription.poll(delivery -> {
            onEvent(delivery);
            publish(second, 1);
            clock.advance(LONG_SILENCE);
            replay(life);
        }, 1);
        publish(second, 1);
        poll();
        assertThat(delivered).containsExactly(at(first, 0), at(first, 1), at(second, 0), at(second, 1));
        assertSums(4, 0);
    }

    @Test
    void oneThatWasOnlySilentGoesOnWhereItWasAndKnowsWhatItMissed() throws IOException {
        publish(first, 2);
        poll();
        clock.advance(LONG_SILENCE);
        publish(second, 1);
        poll();
        network.link().cut();
        publish(first, 3);
        network.link().heal();
        clock.advance(LONG_SILENCE);
        publish(first, 1);
        clock.advance(UdpLimits.defaults().reorderWait());
        subscriber.doWork(0);
        poll();
        assertThat(delivered).containsExactly(at(first, 0), at(first, 1), at(second, 0), at(first, 5));
        assertThat(gaps).containsExactly(new Gap(first.session(), 2, 4, 3, LossReason.NETWORK));
        assertSums(7, 3);
    }

    @Test
    void oneThatEndedAndIsReplayedIsCountedAsDuplicatesAndDeliversNothingTwice() throws IOException {
        publish(first, 2);
        end(first);
        List<byte[]> life = recorded();
        publish(second, 1);
        poll();
        clock.advance(LONG_SILENCE);
        replay(life);
        poll();
        assertThat(delivered).containsExactly(at(first, 0), at(first, 1), at(second, 0));
        assertThat(gaps).isEmpty();
        assertThat(subscriber.counters().duplicates()).isEqualTo(life.size()).isPositive();
        assertSums(3, 0);
    }

    @Test
    void aReplayTakesNoPlaceFromASessionThatIsFollowed() throws IOException {
        publish(first, 2);
        end(first);
        List<byte[]> life = recorded();
        publish(second, 1);
        replay(life);
        assertThat(subscriber.counters().duplicates()).isEqualTo(life.size()).isPositive();
        assertThat(subscriber.counters().refusedSessions()).isZero();
        assertThat(notices.of(Notice.Degraded.class)).isEmpty();
        publish(second, 1);
        poll();
        assertThat(delivered).containsExactly(at(first, 0), at(first, 1), at(second, 0), at(second, 1));
        assertSums(4, 0);
    }

    private void assertSums(long known, long lost) {
        SubscriberSums sums = subscription.sums();
        assertThat(sums.known()).as("%s", sums).isEqualTo(known);
        assertThat(sums.delivered()).as("%s", sums).isEqualTo(known - lost);
        assertThat(sums.lostTotal()).as("%s", sums).isEqualTo(lost);
        assertThat(sums.duplicates()).as("%s", sums).isZero();
        assertThat(sums.difference()).as("%s", sums).isZero();
    }

    private static Position at(UdpPublisher publisher, long sequence) {
        return new Position(publisher.session(), sequence);
    }

    private UdpPublisher publisher() {
        return new UdpPublisher(SimNetwork.feed(1_400, false, UdpLimits.defaults()),
                network.publisherIo(), UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment);
    }

    /** Has {@code count} events published, sent, and heard. */
    private void publish(UdpPublisher publisher, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            publisher.publish(Event.of("a.b", "x"));
        }
        publisher.doWork(0);
        subscriber.doWork(0);
    }

    private void end(UdpPublisher publisher) throws IOException {
        publisher.beginClose();
        publisher.doWork(0);
        subscriber.doWork(0);
    }

    private void poll() {
        subscription.poll(this, Integer.MAX_VALUE);
    }

    /** All datagrams sent so far. */
    private List<byte[]> recorded() {
        var datagrams = new ArrayList<byte[]>();
        for (Optional<byte[]> next = recording.poll(); next.isPresent(); next = recording.poll()) {
            datagrams.add(next.get());
        }
        return datagrams;
    }

    private void replay(List<byte[]> datagrams) throws IOException {
        datagrams.forEach(network.link()::send);
        subscriber.doWork(0);
    }
}
