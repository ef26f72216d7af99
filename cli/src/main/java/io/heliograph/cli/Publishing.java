package io.heliograph.cli;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * Offers a feed's events to a publisher and prints the ledger: the publisher's, and those of receivers that it knows itself.
 *
 * <p>The feed is read on a daemon thread of its own, {@code heliograph-pub}, because a read from standard input cannot
 * be ended from outside: at a {@link Stop} the publisher is closed, which refuses whatever that thread still offers.
 */
final class Publishing {

    private static final long TICK_NS = Duration.ofMillis(200).toNanos();
    private static final long RETRY_NS = Duration.ofMillis(1).toNanos();
    private static final long SETTLE_NS = Duration.ofSeconds(1).toNanos();
    private static final int MOST_LEDGERS = 100;
    private static final Duration LONG = Duration.ofDays(3650);

    private final Publisher publisher;
    private final Feed feed;
    private final int subscribers;
    private final OptionalDouble perSecond;
    private final Clock clock;
    private final Stop stop;
    private final Messages messages;
    private final Set<PublishResult> told = EnumSet.noneOf(PublishResult.class);

    Publishing(Publisher publisher, Feed feed, int subscribers, OptionalDouble perSecond, Clock clock, Stop stop,
            Messages messages) {
        this.publisher = publisher;
        this.feed = feed;
        this.subscribers = subscribers;
        this.perSecond = perSecond;
        this.clock = clock;
        this.stop = stop;
        this.messages = messages;
    }

    /** Publishes until the feed or the stop ends it; returns the exit code. */
    int run() throws Exception {
        var ended = new CountDownLatch(1);
        var work = new FutureTask<Boolean>(this::publishAll);
        stop.onRequest(ended::countDown);
        Thread worker = Thread.ofPlatform().daemon().name("heliograph-pub").start(() -> {
            work.run();
            ended.countDown();
        });
        while (!ended.await(TICK_NS, TimeUnit.NANOSECONDS)) {
            messages.progress(progress());
        }
        messages.endProgress();
        publisher.close();
        // Closing has ended what it did, unless it waits for input that may never come.
        TimeUnit.NANOSECONDS.timedJoin(worker, TICK_NS);
        List<KnownReceiver> receivers = settled();
        tell(receivers);
        boolean isGood = !work.isDone() || work.get();
        boolean isInVain = receivers.stream().anyMatch(KnownReceiver::isWithoutAny);
        return isGood && !isInVain && feed.unreadable() == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    /** What became of the events, once that is certain: an attempt that closing has ended is counted by its own thread. */
    private List<KnownReceiver> settled() throws InterruptedException {
        var never = new CountDownLatch(1);
        long endNs = clock.nanoTime() + SETTLE_NS;
        List<KnownReceiver> receivers = KnownReceiver.of(publisher);
        while (receivers.stream().anyMatch(one -> one.sums().inFlight() > 0) && endNs - clock.nanoTime() > 0) {
            never.await(RETRY_NS, TimeUnit.NANOSECONDS);
            receivers = KnownReceiver.of(publisher);
        }
        return receivers;
    }

    private void tell(List<KnownReceiver> receivers) {
        PublisherSums sums = publisher.sums();
        receivers.forEach(one -> one.loss().ifPresent(loss -> messages.line("pub: " + loss)));
        if (!receivers.isEmpty() && sums.unheard() > 0) {
            messages.line("pub: " + sums.unheard() + " more were accepted while nobody listened");
        }
        receivers.stream().filter(KnownReceiver::isForeign)
                .forEach(one -> messages.line("pub: " + one.name() + " is foreign peers: delivered means handed to their socket"));
        messages.line("ledger: " + sums.toJson());
        receivers.stream().limit(MOST_LEDGERS).forEach(one -> messages.line("ledger: " + one.sums().toJson()));
    }

    private String progress() {
        PublisherSums sums = publisher.sums();
        return "pub: " + sums.accepted() + " accepted, " + sums.dropped() + " dropped, " + sums.refused() + " refused, "
                + publisher.subscribers() + " listening";
    }

    /** Whether every event was accepted or dropped, as far as it got. */
    private boolean publishAll() throws InterruptedException {
        if (subscribers > 0) {
            messages.line("pub: waiting for " + subscribers + " to listen");
            if (!publisher.awaitSubscribers(subscribers, LONG)) {
                return stop.isRequested();
            }
        }
        boolean isGood = true;
        long startNs = clock.nanoTime();
        try {
            Optional<Event> event = feed.next();
            for (long index = 0; event.isPresent() && !pause(startNs, index); index++) {
                PublishResult result = offer(event.get());
                if (result == PublishResult.CLOSED) {
                    return isGood && stop.isRequested() || tell(result, event.get());
                }
                isGood &= !result.isRefused() || tell(result, event.get());
                event = feed.next();
            }
        } catch (IOException e) {
            messages.line("pub: standard input: " + e.getMessage());
            return false;
        }
        return isGood;
    }

    /** Waits until the event numbered {@code index} is due; returns whether to stop instead. */
    private boolean pause(long startNs, long index) throws InterruptedException {
        if (perSecond.isEmpty()) {
            return stop.isRequested();
        }
        long dueNs = startNs + (long) (index * 1e9 / perSecond.getAsDouble());
        long leftNs = dueNs - clock.nanoTime();
        return leftNs > 0 ? stop.await(leftNs) : stop.isRequested();
    }

    private PublishResult offer(Event event) throws InterruptedException {
        while (true) {
            PublishResult result = publisher.publish(event);
            if (result != PublishResult.BACK_PRESSURED) {
                return result;
            }
            if (stop.await(RETRY_NS)) {
                return PublishResult.CLOSED;
            }
        }
    }

    /** Says once why events of this kind are refused; the ledger counts them all. Returns that it is not good. */
    private boolean tell(PublishResult result, Event event) {
        if (told.add(result)) {
            messages.line("pub: " + event + " was refused: " + reason(result));
        }
        return false;
    }

    private String reason(PublishResult result) {
        return switch (result) {
            case TOO_LARGE -> "too large for the address or for policy " + publisher.policy().text();
            case NOT_CONNECTED -> "nobody is there to take it";
            case CLOSED -> "the publisher has failed";
            case ACCEPTED, DROPPED, BACK_PRESSURED -> throw new AssertionError(result);
        };
    }
}
