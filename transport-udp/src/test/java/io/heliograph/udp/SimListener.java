package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.Subscription;
import io.heliograph.ledger.SubscriberSums;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A subscriber in a {@link SimScene}, with one polled subscription. Each event must be the one behind the last event or
 * gap, and say its own number: so no hole and no duplicate passes.
 */
final class SimListener implements EventHandler {

    final UdpSubscriber subscriber;
    final Subscription subscription;
    final List<Gap> gaps = new ArrayList<>();
    private long first = -1;
    private long next = -1;
    private long count;
    private Optional<AssertionError> wrong = Optional.empty();
    private boolean isDeaf;
    private boolean isSlow;

    SimListener(UdpSubscriber subscriber, Interest interest) {
        this.subscriber = subscriber;
        this.subscription = subscriber.subscribePolled(interest);
    }

    /** Does nothing at all until {@link #resume}: neither receives nor handles. */
    void stop() {
        isDeaf = true;
    }

    /** Receives and reports, but handles nothing until {@link #resume}. */
    void stall() {
        isSlow = true;
    }

    void resume() {
        isDeaf = false;
        isSlow = false;
    }

    void step() throws IOException {
        if (!isDeaf) {
            subscriber.doWork(0);
            if (!isSlow) {
                subscription.poll(this, Integer.MAX_VALUE);
            }
            if (wrong.isPresent()) {
                // What a handler throws is the subscription's to count, and would not fail the test.
                throw wrong.get();
            }
        }
    }

    @Override
    public void onEvent(Delivery delivery) {
        long sequence = delivery.position().sequence();
        check(() -> assertThat(delivery.event().text()).startsWith(sequence + ":"));
        advance(sequence, sequence + 1);
        count++;
    }

    @Override
    public void onGap(Gap gap) {
        check(() -> assertThat(gap.count()).isEqualTo(gap.to() - gap.from() + 1));
        advance(gap.from(), gap.to() + 1);
        gaps.add(gap);
    }

    private void advance(long from, long end) {
        if (next >= 0) {
            long expected = next;
            check(() -> assertThat(from).as("nothing is left out and nothing comes twice").isEqualTo(expected));
        } else {
            first = from;
        }
        next = end;
    }

    private void check(Runnable assertion) {
        try {
            assertion.run();
        } catch (AssertionError e) {
            wrong = wrong.or(() -> Optional.of(e));
        }
    }

    /** Position of the first event or gap; -1 before that. */
    long first() {
        return first;
    }

    /** Position behind the last event or gap; -1 before the first. */
    long next() {
        return next;
    }

    long count() {
        return count;
    }

    /** All from {@code from} to {@code end} is known and accounted for: so many delivered, all others lost. */
    void verify(long from, long end, long lost) {
        SubscriberSums sums = subscription.sums();
        String what = sums.toJson() + ", " + gaps + ", " + subscriber.counters();
        assertThat(sums.difference()).as(what).isZero();
        assertThat(sums.inFlight()).as(what).isZero();
        assertThat(sums.known()).as(what).isEqualTo(end - from);
        assertThat(sums.lostTotal()).as(what).isEqualTo(lost);
        assertThat(sums.delivered()).as(what).isEqualTo(end - from - lost).isEqualTo(count);
        assertThat(gaps.stream().mapToLong(Gap::count).sum()).as(what).isEqualTo(lost);
        assertThat(first).as(what).isEqualTo(from);
        assertThat(next).as(what).isEqualTo(end);
    }
}
