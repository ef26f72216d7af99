package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker hears and says, without sockets. */
class EnrolmentsTest {

    private static final long SESSION = 7;
    private static final WorkRules RULES = new WorkRules(1, 2, false, 1 << 20);
    private static final WorkRules KEYS = new WorkRules(1, 2, true, 1 << 20);

    private final WorkConfig config = WorkConfig.of(Address.parse("zmq+inproc://x?pattern=load-balance&prefetch=4"), ZmqConfig.Side.CONNECTING);
    private final ManualClock clock = new ManualClock();
    private final CollectedNotices notices = new CollectedNotices();
    private final Environment environment = new Environment(clock, clock, new SplittableRandom(1), notices);
    private final TellingLock lock = new TellingLock();
    private final ZmqCounters.Tally tally = new ZmqCounters.Tally();
    private final Enrolments enrolments = new Enrolments(config, lock, tally, environment);
    private final Worker worker = new Worker("w", Interest.inAll(), 4, lock, () -> { }, environment);
    private final Peer peer = new DealerSocket().peer();
    private final List<Delivery> handled = new ArrayList<>();

    @AfterEach
    void itsSumCloses() {
        assertThat(worker.sums().difference()).as("%s", worker.sums()).isZero();
    }

    private void hear(ByteBuffer message) {
        lock.lock();
        try {
            enrolments.hear(peer, message, clock.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    private void knock(long session) {
        hear(ByteBuffer.wrap(MessageLayout.header(MessageType.KNOCK, 0, session, 0)));
    }

    /** What is due, all of it sent. */
    private List<ByteBuffer> due() {
        lock.lock();
        try {
            List<Enrolments.Mail> mails = enrolments.due(any -> true, clock.nanoTime());
            mails.forEach(enrolments::sent);
            return mails.stream().map(Enrolments.Mail::message).toList();
        } finally {
            lock.unlock();
        }
    }

    private long enrol(long session, WorkRules rules) {
        knock(session);
        ByteBuffer message = due().getFirst();
        long id = message.order(ByteOrder.LITTLE_ENDIAN).getLong(MessageLayout.SUBSCRIBER_AT);
        hear(WorkMessages.place(session, id, rules));
        return id;
    }

    private long begin(WorkRules rules) {
        enrolments.add(worker, clock.nanoTime());
        return enrol(SESSION, rules);
    }

    private static Task task(long sequence, int delivery, boolean isLast, String key) {
        var task = new Task(Parcel.of(sequence, Event.builder("t").data(new byte[1]).subject(key).build(), 0), false);
        task.deliveries = delivery;
        task.isLast = isLast;
        return task;
    }

    private void hand(long id, Task... tasks) {
        hear(WorkMessages.tasks(SESSION, id, 0, 5, List.of(tasks)));
    }

    private int poll(EventHandler handler, int limit) {
        return worker.poll(delivery -> {
            handled.add(delivery);
            handler.onEvent(delivery);
        }, limit);
    }

    private List<Settlement> settlements() {
        List<Settlement> all = new ArrayList<>();
        for (ByteBuffer message : due()) {
            var read = new WorkMessage();
            assertThat(read.wrap(message)).isEmpty();
            assertThat(read.type()).isEqualTo(WorkMessageType.SETTLE);
            ByteBuffer body = read.body();
            body.getInt();
            all.addAll(Settlement.readAll(body, read.flags()).orElseThrow());
        }
        return all;
    }

    private Enrol enrolAgain(long session) {
        knock(session);
        ByteBuffer message = due().getFirst();
        var read = new WorkMessage();
        assertThat(read.wrap(message)).isEmpty();
        assertThat(read.type()).isEqualTo(WorkMessageType.ENROL);
        return Enrol.read(read.session(), read.body()).orElseThrow();
    }

    @Test
    void saysWhatBecameOfEachEvent() {
        long id = begin(RULES);
        hand(id, task(3, 1, false, "k"), task(9, 2, true, "k"));
        assertThat(poll(d -> { }, 1)).isEqualTo(1);
        assertThat(settlements()).containsExactly(new Settlement(Settlement.Kind.ACKNOWLEDGED, 1, 3));
        poll(d -> {
            throw new IllegalStateException("never");
        }, 1);
        assertThat(settlements()).containsExactly(new Settlement(Settlement.Kind.FAILED, 2, 9));
        assertThat(worker.sums().lost()).isEqualTo(Map.of(LossReason.FAILED, 1L));
        assertThat(worker.sums().duplicates()).isEqualTo(1);
        assertThat(handled).extracting(Delivery::deliveryCount).containsExactly(1, 2);
        assertThat(settlements()).isEmpty();
    }

    @Test
    void givesBackWhatItHasNotBegunWhenItIsRecalled() {
        long id = begin(RULES);
        hand(id, task(0, 1, false, "k"), task(1, 1, false, "k"));
        hear(WorkMessages.recall(SESSION, id, List.of(new Settlement(Settlement.Kind.RELEASED, 1, 1),
                new Settlement(Settlement.Kind.RELEASED, 2, 0))));
        assertThat(settlements()).containsExactly(new Settlement(Settlement.Kind.RELEASED, 1, 1));
        assertThat(poll(d -> { }, 10)).isEqualTo(1);
        assertThat(worker.sums().known()).isEqualTo(1);
        assertThat(worker.returned()).isEqualTo(1);
    }

    @Test
    void tellsWhatItDidWhileTheConnectionWasLost() {
        long id = begin(RULES);
        hand(id, task(0, 1, false, "k"), task(1, 1, false, "k"), task(2, 1, false, "k"));
        poll(d -> hear(ByteBuffer.wrap(MessageLayout.header(MessageType.LOST, 0, 0, 0))), 1);
        Enrol again = enrolAgain(SESSION);
        assertThat(again.prior()).isEqualTo(id);
        assertThat(again.session()).isEqualTo(SESSION);
        assertThat(again.late()).containsExactly(new Settlement(Settlement.Kind.ACKNOWLEDGED, 1, 0),
                new Settlement(Settlement.Kind.RELEASED, 1, 1), new Settlement(Settlement.Kind.RELEASED, 1, 2));
        assertThat(poll(d -> { }, 10)).isZero();
    }

    @Test
    void finishesWhatItHasOfAPublisherThatIsGone() {
        long id = begin(RULES);
        hand(id, task(0, 1, false, "k"), task(1, 1, false, "k"));
        assertThat(enrolAgain(SESSION + 1).late()).isEmpty();
        assertThat(poll(d -> { }, 10)).isEqualTo(2);
        assertThat(worker.sums().delivered()).isEqualTo(2);
    }

    @Test
    void saysOnceThatThePublishersTailIsUnknown() {
        long id = begin(RULES);
        hand(id, task(0, 1, false, "k"), task(4, 1, false, "k"));
        clock.advance(Duration.ofSeconds(4));
        due();
        assertThat(notices.of(Notice.TailUnknown.class)).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        due();
        due();
        assertThat(notices.of(Notice.TailUnknown.class)).singleElement().satisfies(notice -> {
            assertThat(notice.session()).isEqualTo(SESSION);
            assertThat(notice.sequence()).isEqualTo(4);
        });
        worker.close();
    }

    @Test
    void givesBackWhatFollowsAFailedEventOfTheSameKey() {
        long id = begin(KEYS);
        hand(id, task(0, 1, false, "k"), task(1, 1, false, "l"), task(2, 1, false, "k"));
        poll(d -> {
            if (d.position().sequence() == 0) {
                throw new IllegalStateException("never");
            }
        }, 10);
        assertThat(settlements()).containsExactly(new Settlement(Settlement.Kind.FAILED, 1, 0),
                new Settlement(Settlement.Kind.RELEASED, 1, 2), new Settlement(Settlement.Kind.ACKNOWLEDGED, 1, 1));
        assertThat(handled).extracting(delivery -> delivery.position().sequence()).containsExactly(0L, 1L);
    }

    @Test
    void sendsBackWhatItHasNoPlaceFor() {
        long id = begin(RULES);
        hand(id, task(0, 1, false, "k"), task(1, 1, false, "k"), task(2, 1, false, "k"), task(3, 1, false, "k"), task(4, 1, false, "k"));
        assertThat(settlements()).containsExactly(new Settlement(Settlement.Kind.RELEASED, 1, 4));
        assertThat(worker.sums().inFlight()).isEqualTo(4);
        worker.close();
        assertThat(worker.sums().lost()).isEqualTo(Map.of(LossReason.LEFT, 4L));
        // It says so, and that it goes.
        assertThat(due()).hasSize(2);
        assertThat(due()).isEmpty();
    }

    @Test
    void countsWhatExpiredWhileItWaitedAndWhatIsNotWanted() {
        long id = begin(RULES);
        var task = new Task(Parcel.of(0, Event.builder("t").ttl(Duration.ofSeconds(1)).build(), 0), false);
        task.deliveries = 1;
        hear(WorkMessages.tasks(SESSION, id, 3, 5, List.of(task)));
        clock.advance(Duration.ofSeconds(1));
        assertThat(poll(d -> { }, 10)).isEqualTo(1);
        hear(WorkMessages.beat(SESSION, id, 5));
        assertThat(worker.sums().filtered()).isEqualTo(5);
        assertThat(worker.sums().lost()).isEqualTo(Map.of(LossReason.EXPIRED, 1L));
        assertThat(settlements()).containsExactly(new Settlement(Settlement.Kind.EXPIRED, 1, 0));
    }

    /** Whatever bytes come: nothing is thrown, and the sum closes. */
    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void survivesAnyBytes(long seed) {
        var random = new SplittableRandom(seed);
        long id = begin(KEYS);
        var messages = List.of(WorkMessages.tasks(SESSION, id, 1, 5, List.of(task(0, 1, false, "k"), task(1, 2, true, "l"))),
                WorkMessages.recall(SESSION, id, List.of(new Settlement(Settlement.Kind.RELEASED, 1, 0))),
                WorkMessages.beat(SESSION, id, 9), WorkMessages.done(SESSION, id), WorkMessages.place(SESSION, id, KEYS));
        for (int i = 0; i < 4_000; i++) {
            ByteBuffer original = messages.get(random.nextInt(messages.size()));
            byte[] bytes = new byte[original.capacity()];
            original.duplicate().clear().get(bytes);
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(5) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
            hear(ByteBuffer.wrap(bytes, 0, length).slice());
            if (random.nextInt(3) == 0) {
                poll(d -> {
                    if (random.nextInt(4) == 0) {
                        throw new IllegalStateException("seed " + seed);
                    }
                }, 3);
            }
            if (random.nextInt(20) == 0) {
                knock(SESSION);
            }
            due();
            assertThat(worker.sums().difference()).as("seed %d, message %d: %s", seed, i, worker.sums()).isZero();
        }
        assertThat(tally.malformed).as("seed %d", seed).isNotEmpty();
    }
}
