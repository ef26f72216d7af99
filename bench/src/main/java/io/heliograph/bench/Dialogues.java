package io.heliograph.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * Requests and their answers, one after the other: one thread asks, and asks again when the answer is there. Each answer must
 * be what was asked: the counts and the checksums over all of both are equal.
 */
final class Dialogues {

    private static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(1);

    private Dialogues() {
    }

    /** Measures and tells, as {@code task} says. */
    static void measure(ZmqSide side, Task task, Tell tell) throws IOException, InterruptedException {
        var sent = new SentEvents(task.eventBytes());
        var answers = new ReceivedEvents(task.eventBytes());
        var times = new SingleWriterRecorder(3);
        try (ZmqSide.Dialogue dialogue = side.dialogue(side.place()); var loops = new Loops()) {
            loops.start(() -> {
                while (!loops.isOver() && dialogue.answer()) {
                    // On to the next.
                }
            });
            loops.start(() -> {
                while (!loops.isPublishingOver()) {
                    int from = sent.next();
                    long startNs = System.nanoTime();
                    dialogue.ask(sent.block(), from, sent.length(), answers);
                    times.recordValue(System.nanoTime() - startNs);
                    answers.tell();
                }
                sent.end();
            });
            loops.sleep(task.warmUp().toNanos());
            times.getIntervalHistogram();
            for (int i = 0; i < task.windows(); i++) {
                loops.sleep(WINDOW_NS);
                Histogram window = times.getIntervalHistogram();
                OneWay.tellPercentiles(tell, window);
            }
            loops.end(() -> answers.handled() == sent.published());
            OneWay.requireEqual(sent, answers);
        }
    }
}
