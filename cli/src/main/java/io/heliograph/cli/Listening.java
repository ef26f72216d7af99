package io.heliograph.cli;

import io.heliograph.Interest;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.cli.EventPrinter.End;
import io.heliograph.cli.Stop.Cause;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One subscription that is printed until something ends it; then its ledger. Confined to the command's thread. */
final class Listening {

    private static final long TICK_NS = Duration.ofMillis(200).toNanos();
    private static final long DRAIN_NS = Duration.ofSeconds(2).toNanos();
    private static final long DRAIN_TICK_NS = Duration.ofMillis(5).toNanos();
    /** So many looks within the time of {@code --wait}: it ends at most that fraction late. */
    private static final int LOOKS = 20;

    private final Subscriber subscriber;
    private final Interest interest;
    private final EventPrinter printer;
    private final Optional<Long> most;
    private final Optional<Duration> quiet;
    private final Clock clock;
    private final Stop stop;

    Listening(Subscriber subscriber, Interest interest, EventPrinter printer, Optional<Long> most,
            Optional<Duration> quiet, Clock clock, Stop stop) {
        this.subscriber = subscriber;
        this.interest = interest;
        this.printer = printer;
        this.most = most;
        this.quiet = quiet;
        this.clock = clock;
        this.stop = stop;
    }

    /** Prints until the end; returns the exit code. */
    int run(Messages messages, Terminal terminal, String name, String greeting) throws InterruptedException {
        var ended = new CountDownLatch(1);
        printer.ended().thenRun(ended::countDown);
        stop.onRequest(ended::countDown);
        Subscription subscription = subscriber.subscribe(interest, printer);
        printer.serve(subscription);
        messages.line(greeting);
        boolean isQuiet = await(ended, subscription, sums -> {
            if (!terminal.isShared()) {
                messages.progress(name + ": " + sums.delivered() + " received, " + sums.lostTotal() + " lost");
            }
        });
        messages.endProgress();
        if (stop.cause().filter(cause -> cause == Cause.TERMINATE).isPresent()) {
            drain(subscription);
        }
        subscription.close();
        printer.flush();
        subscriber.close();
        messages.line("ledger: " + subscription.sums().toJson());
        return exitCode(isQuiet, messages, name);
    }

    /** Is shown the sums now and then. */
    private interface Onlooker {
        void see(SubscriberSums sums);
    }

    /** Returns whether it ended because nothing arrived any more. */
    private boolean await(CountDownLatch ended, Subscription subscription, Onlooker onlooker) throws InterruptedException {
        long quietNs = quiet.map(Duration::toNanos).orElse(Long.MAX_VALUE);
        long tickNs = Math.clamp(quietNs / LOOKS, 1_000_000, TICK_NS);
        long lastNs = clock.nanoTime();
        long arrived = 0;
        while (!ended.await(tickNs, TimeUnit.NANOSECONDS)) {
            SubscriberSums sums = subscription.sums();
            long nowNs = clock.nanoTime();
            long arrivedNow = sums.known() + sums.duplicates();
            if (arrivedNow != arrived || sums.inFlight() > 0) {
                arrived = arrivedNow;
                lastNs = nowNs;
            } else if (nowNs - lastNs >= quietNs) {
                return true;
            }
            onlooker.see(sums);
        }
        return false;
    }

    /** Lets what has been taken in be printed, for a while. */
    private void drain(Subscription subscription) throws InterruptedException {
        long deadlineNs = clock.nanoTime() + DRAIN_NS;
        var never = new CountDownLatch(1);
        while (subscription.sums().inFlight() > 0 && !printer.ended().isDone() && clock.nanoTime() - deadlineNs < 0) {
            never.await(DRAIN_TICK_NS, TimeUnit.NANOSECONDS);
        }
    }

    private int exitCode(boolean isQuiet, Messages messages, String name) {
        Optional<End> end = printer.ended().isDone() ? Optional.of(printer.ended().join()) : Optional.empty();
        if (end.isEmpty()) {
            return isQuiet && most.isPresent() ? ExitCode.FAILED : ExitCode.OK;
        }
        return switch (end.get()) {
            case COUNT_REACHED, READER_GONE -> ExitCode.OK;
            case TRANSPORT_FAILED -> ExitCode.FAILED;
            case OUTPUT_FAILED -> {
                messages.line(name + ": standard output: " + printer.failure());
                yield ExitCode.FAILED;
            }
        };
    }
}
