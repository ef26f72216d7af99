package io.heliograph.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Events to a subscriber that publishes each one back, on two threads: one publishes and handles the echoes, the other
 * echoes. Both spin, and block only after a while in which nothing arrived. The time counts from the moment when an
 * event should have been published, whether or not it was.
 */
final class RoundTrip {

    private static final long WARM_UP_NS = TimeUnit.MILLISECONDS.toNanos(5_000);
    private static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long AHEAD_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long SPIN_NS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long WAIT_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Task task;
    private final Loops loops;
    private final SentEvents sent;
    private final ReceivedEvents echoes;

    private RoundTrip(Task task, Loops loops) {
        this.task = task;
        this.loops = loops;
        sent = new SentEvents(task.eventBytes());
        echoes = new ReceivedEvents(task.eventBytes());
    }

    /** Measures and tells, as {@code task} says. */
    static void measure(Side side, Task task, Tell tell) throws IOException, InterruptedException {
        Place there = side.place();
        Place back = side.place();
        try (var nodes = new Nodes(side); var loops = new Loops()) {
            Side.Node asker = nodes.open();
            Side.Node echoer = nodes.open();
            Side.Receiving echoes = asker.subscribe(back);
            Side.Receiving questions = echoer.subscribe(there);
            Side.Sending asking = asker.publish(there);
            Side.Sending echoing = echoer.publish(back);
            nodes.awaitSubscribers(asking, 1);
            nodes.awaitSubscribers(echoing, 1);
            new RoundTrip(task, loops).run(asking, echoes, questions, echoing, tell);
        }
    }

    private void run(Side.Sending asking, Side.Receiving echoesFrom, Side.Receiving questions,
            Side.Sending echoing, Tell tell) throws InterruptedException {
        var schedule = new Schedule(0, System.nanoTime() + AHEAD_NS, task.intervalNs());
        echoes.time(schedule, 1);
        loops.start(() -> echo(questions, echoing));
        loops.start(() -> ask(asking, echoesFrom, schedule));
        loops.sleep(WARM_UP_NS);
        echoes.takeLatencies();
        for (int i = 0; i < task.windows(); i++) {
            loops.sleep(WINDOW_NS);
            OneWay.tellPercentiles(tell, echoes.takeLatencies());
        }
        loops.end(() -> echoes.handled() == sent.published());
        OneWay.requireEqual(sent, echoes);
    }

    private void ask(Side.Sending asking, Side.Receiving echoesFrom, Schedule schedule) {
        while (!loops.isOver()) {
            if (loops.isPublishingOver()) {
                sent.end();
            } else if (loops.publishDue(asking, sent, schedule)) {
                asking.flush();
            }
            if (echoesFrom.poll(echoes, 0) > 0) {
                echoes.tell();
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private void echo(Side.Receiving questions, Side.Sending echoing) {
        int length = task.eventBytes();
        var events = new ReceivedEvents(length, (block, end) -> {
            for (int from = 0; from < end; from += length) {
                loops.offer(echoing, block, from, length);
            }
        });
        long heardNs = System.nanoTime();
        while (!loops.isOver()) {
            boolean isQuiet = System.nanoTime() - heardNs > SPIN_NS;
            if (questions.poll(events, isQuiet ? WAIT_NS : 0) > 0) {
                events.read();
                echoing.flush();
                heardNs = System.nanoTime();
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
