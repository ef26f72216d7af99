package io.heliograph.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each side carries events for a second in this process; what arrived must be what was sent. */
final class ZmqSidesTest {

    private static final int EVENT_BYTES = 100;
    private static final ZmqTask PACKED = ZmqTask.rate(EVENT_BYTES, ZmqTask.Packing.PACKED);
    private static final ZmqTask SINGLE = ZmqTask.rate(EVENT_BYTES, ZmqTask.Packing.SINGLE);
    private static final long SECOND_NS = Duration.ofSeconds(1).toNanos();

    private static void carries(ZmqSide side, Task task) throws IOException, InterruptedException {
        var sent = new SentEvents(task.eventBytes());
        List<ReceivedEvents> received = new ArrayList<>();
        try (side; var nodes = new Nodes(side); var loops = new Loops()) {
            Place place = side.place();
            for (int i = 0; i < task.subscribers(); i++) {
                received.add(new ReceivedEvents(task.eventBytes()));
                loops.receive(nodes.open().subscribe(place), received.getLast());
            }
            Side.Sending sending = nodes.open().publish(place);
            nodes.awaitSubscribers(sending, task.subscribers());
            loops.publish(sending, sent);
            loops.sleep(SECOND_NS);
            loops.end(() -> received.stream().allMatch(events -> events.handled() == sent.published()));
            assertThat(sent.count()).isGreaterThan(1_000);
            for (ReceivedEvents events : received) {
                OneWay.requireEqual(sent, events);
            }
        }
    }

    private static void answers(ZmqSide side) throws IOException {
        var sent = new SentEvents(EVENT_BYTES);
        var answers = new ReceivedEvents(EVENT_BYTES);
        try (side; ZmqSide.Dialogue dialogue = side.dialogue(side.place()); var loops = new Loops()) {
            loops.start(() -> {
                while (!loops.isOver() && dialogue.answer()) {
                    // On to the next.
                }
            });
            for (int i = 0; i < 100; i++) {
                dialogue.ask(sent.block(), sent.next(), EVENT_BYTES, answers);
            }
            answers.tell();
            OneWay.requireEqual(sent, answers);
        }
    }

    private static LibZmqSide libzmq(ZmqTask task) {
        try {
            return new LibZmqSide(task);
        } catch (MeasurementFailed missing) {
            assumeTrue(false, missing.getMessage());
            throw new AssertionError(missing);
        }
    }

    @Test
    void oursCarriesEventsPacked() throws Exception {
        carries(new ZmqHeliographSide(PACKED), PACKED);
    }

    @Test
    void oursCarriesEventsSingly() throws Exception {
        carries(new ZmqHeliographSide(SINGLE), SINGLE);
    }

    @Test
    void oursCarriesEventsToSeveralBesideOneThatHangs() throws Exception {
        ZmqTask task = PACKED.to(2).beside(1);
        carries(new ZmqHeliographSide(task), task);
    }

    @Test
    void jeroMqCarriesEvents() throws Exception {
        carries(new JeroMqSide(), SINGLE.to(2));
    }

    @Test
    void jeroMqAnswers() throws Exception {
        answers(new JeroMqSide());
    }

    @Test
    void libzmqCarriesEvents() throws Exception {
        carries(libzmq(SINGLE), SINGLE.to(2));
    }

    @Test
    void libzmqAnswers() throws Exception {
        answers(libzmq(SINGLE));
    }
}
