package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.testkit.Faults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** What someone who can send datagrams, but does not hold a key, cannot do to a publisher or a subscriber. */
class HostileTest {

    private static final FlowPolicy POLICY = FlowPolicy.backPressure(Limit.DEFAULT, Duration.ZERO);

    private final SimScene scene = new SimScene(31, 1_000, UdpLimits.defaults(), POLICY);
    private final ControlWriter control = new ControlWriter();
    private final Datagram answer = new Datagram();
    private final long session = scene.publisher.session();
    private final DatagramIo stranger = scene.network.strangerIo();
    private long answers;
    private long answerBytes;
    private long cookie;

    private int nak(long receiver, long[] from, int[] count) throws IOException {
        control.beginNak(receiver, cookie);
        for (int i = 0; i < from.length; i++) {
            control.range(from[i], count[i]);
        }
        return send(control.endNak(session, 0));
    }

    private int status(long receiver, long withCookie, long limit, int flags) throws IOException {
        return send(control.status(session, receiver, withCookie, new ControlWriter.Report().set(0, 0, limit, limit, limit, 1),
                new ControlWriter.Echo(), new byte[0], flags));
    }

    private int send(ByteBuffer datagram) throws IOException {
        int bytes = datagram.remaining();
        stranger.send(datagram, SimNetwork.PUBLISHER);
        return bytes;
    }

    /** Counts what the stranger was sent, and keeps the cookie. */
    private void listen() throws IOException {
        stranger.receive((bytes, source) -> {
            answers++;
            answerBytes += bytes.remaining();
            if (answer.wrap(bytes).isEmpty() && answer.type() == DatagramLayout.COOKIE) {
                cookie = answer.control().cookie();
            }
        }, 0);
    }

    private void prove(long receiver) throws IOException {
        status(receiver, 0, 0, 0);
        scene.step(SimScene.TICK);
        listen();
        assertThat(cookie).isNotZero();
    }

    @Test
    void requestsFromNowhereGetNothingRepairedAndNoAnswerLongerThanTheQuestion() throws IOException {
        SimListener listener = scene.listen();
        scene.meet(1);
        scene.publish(1_000);
        long repairs = scene.publisher.repairsToOne() + scene.publisher.repairsToGroup();
        var random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            cookie = random.nextLong();
            int asked = nak(random.nextLong(), new long[] {random.nextInt(100)}, new int[] {random.nextInt()});
            scene.publisher.doWork(0);
            answerBytes = 0;
            answers = 0;
            listen();
            assertThat(answers).isLessThanOrEqualTo(1);
            assertThat(answerBytes).isLessThanOrEqualTo(asked);
        }
        for (int i = 0; i < 1_000; i++) {
            int asked = status(random.nextLong(), random.nextLong(), random.nextLong(), DatagramLayout.BLOCKING);
            scene.publisher.doWork(0);
            answerBytes = 0;
            listen();
            assertThat(answerBytes).isLessThanOrEqualTo(asked);
        }
        assertThat(scene.publisher.repairsToOne() + scene.publisher.repairsToGroup()).isEqualTo(repairs);
        assertThat(scene.publisher.subscribers()).isEqualTo(1);
        scene.publish(100);
        scene.end();
        listener.verify(0, scene.published(), 0);
    }

    @Test
    void aFloodOfRequestsFromAProvenSourceStaysWithinItsBudgetAndPublishingGoesOn() throws IOException {
        SimListener listener = scene.listen();
        scene.meet(1);
        scene.publish(4_000);
        prove(7);
        answerBytes = 0;
        long startNs = scene.clock.nanoTime();
        var from = new long[DatagramLayout.MAX_NAK_RANGES];
        var count = new int[DatagramLayout.MAX_NAK_RANGES];
        for (int i = 0; i < from.length; i++) {
            from[i] = i % 4 == 0 ? Long.MAX_VALUE - i : i % 4 == 1 ? Long.MIN_VALUE + i : 0;
            count[i] = -1;
        }
        for (int i = 0; i < 500; i++) {
            for (int burst = 0; burst < 10; burst++) {
                nak(7, from, count);
            }
            scene.publish(8);
            listen();
        }
        double seconds = (scene.clock.nanoTime() - startNs) / 1e9;
        assertThat(answerBytes).isPositive().isLessThan((long) (seconds * (1L << 30)) + (4L << 20) + 100_000);
        scene.end();
        listener.verify(0, scene.published(), 0);
    }

    @Test
    void repairsForManyNamesOfOneProvenSourceStayWithinTheBudget() throws IOException {
        scene.publish(8_000);
        var cookies = new long[64];
        for (int id = 0; id < cookies.length; id++) {
            cookie = 0;
            prove(id);
            cookies[id] = cookie;
        }
        long before = scene.network.link().sent();
        answerBytes = 0;
        long startNs = scene.clock.nanoTime();
        for (int i = 0; i < 50; i++) {
            for (int id = 0; id < cookies.length; id++) {
                cookie = cookies[id];
                nak(id, new long[] {0}, new int[] {-1});
            }
            scene.publish(1);
            listen();
        }
        double seconds = (scene.clock.nanoTime() - startNs) / 1e9;
        long most = (long) (seconds * (1L << 30)) + (4L << 20);
        // Each datagram holds eight events and is about 400 bytes long; one heartbeat or so is no repair.
        assertThat(answerBytes + (scene.network.link().sent() - before) * 400).isLessThan(most + most / 10);
    }

    @Test
    void aTableFullOfProvenStrangersTurnsFurtherOnesAwayAndRecovers() throws IOException {
        scene.publish(1);
        for (int id = 1; id <= 1_500; id++) {
            cookie = 0;
            prove(id);
            status(id, cookie, Long.MAX_VALUE, 0);
            scene.step(SimScene.TICK);
        }
        assertThat(scene.publisher.subscribers()).isEqualTo(UdpLimits.defaults().receivers());
        assertThat(scene.publisher.refusedListeners()).isPositive();
        assertThat(scene.publishOne(40)).isEqualTo(PublishResult.ACCEPTED);
        scene.run(Duration.ofSeconds(6), Duration.ofMillis(100));
        assertThat(scene.publisher.subscribers()).isZero();
        scene.listen();
        scene.meet(1);
    }

    @Test
    void aProvenStrangerWithTheLeastCreditStopsNoPublisherThatGivesUp() throws IOException {
        scene.publisher.replacePolicy(FlowPolicy.dropOldest(Limit.DEFAULT));
        SimListener listener = scene.listen();
        scene.meet(1);
        prove(7);
        for (long limit : new long[] {0, Long.MIN_VALUE, -1}) {
            status(7, cookie, limit, DatagramLayout.BLOCKING);
            scene.publish(1_000);
        }
        scene.run(Duration.ofMillis(50));
        assertThat(listener.next()).isEqualTo(scene.published());
        scene.run(Duration.ofSeconds(6), Duration.ofMillis(10));
        scene.end();
        listener.verify(0, scene.published(), 0);
    }

    @Test
    void aProvenStrangerThatStopsAPublisherThatWaitsIsEvictedOnceItIsSilent() throws IOException {
        scene.publish(1);
        prove(7);
        status(7, cookie, Long.MIN_VALUE, DatagramLayout.BLOCKING);
        scene.step(SimScene.TICK);
        assertThat(scene.publishOne(40)).isEqualTo(PublishResult.BACK_PRESSURED);
        scene.run(Duration.ofSeconds(6), Duration.ofMillis(100));
        assertThat(scene.publishOne(40)).isEqualTo(PublishResult.ACCEPTED);
    }

    @Test
    void cookiesAreRenewedWhenTheyExpireAndNobodyIsForgottenMeanwhile() throws IOException {
        SimListener listener = scene.listen();
        scene.meet(1);
        for (int i = 0; i < 5 * 60 * 20; i++) {
            scene.step(Duration.ofMillis(50));
            assertThat(scene.publisher.subscribers()).as("after %d steps", i).isEqualTo(1);
        }
        scene.network.link().cut();
        scene.publish(16);
        scene.network.link().heal();
        scene.publish(8);
        scene.run(Duration.ofMillis(50));
        listener.verify(0, scene.published(), 0);
        long old = cookieAfter(Duration.ZERO);
        scene.run(Duration.ofMinutes(3), Duration.ofMillis(100));
        cookie = old;
        long repairs = scene.publisher.repairsToOne();
        nak(99, new long[] {0}, new int[] {1});
        scene.step(SimScene.TICK);
        assertThat(scene.publisher.repairsToOne()).as("an old cookie is none").isEqualTo(repairs);
    }

    private long cookieAfter(Duration wait) throws IOException {
        scene.run(wait);
        prove(99);
        return cookie;
    }

    @Test
    void heartbeatsOfAnotherSourceAreIgnored() throws IOException {
        SimListener listener = scene.listen();
        scene.meet(1);
        scene.publish(16);
        for (int i = 0; i < 1_000; i++) {
            stranger.send(heartbeat(DatagramLayout.SEQUENCE_END - 1, DatagramLayout.SEQUENCE_END - 1, DatagramLayout.END_OF_STREAM),
                    SimNetwork.GROUP);
        }
        scene.publish(16);
        scene.end();
        listener.verify(0, 32, 0);
        assertThat(listener.subscriber.counters().foreignSources()).isEqualTo(1_000);
    }

    /** Sealed or not, only the publisher's own address can send these; the work and memory they cost are bounded all the same. */
    @Test
    void heartbeatsOfTheSameSourceWithHugeFiguresCostLittleAndTheLawHolds() throws IOException {
        long most = DatagramLayout.SEQUENCE_END - 1;
        var figures = new long[] {0, 1, 16, 5_000, 1L << 20, 1L << 40, most - 1, most};
        for (long sequence : figures) {
            for (long trail : figures) {
                for (int flags : new int[] {0, DatagramLayout.END_OF_STREAM}) {
                    SimListener listener = new SimListener(new UdpSubscriber(scene.feedFrom(new Start.Live()),
                            scene.network.subscriberIo(Faults.NONE), UdpTransport.UNRELIABLE_DEFAULT_POLICY, scene.environment), Interest.inAll());
                    for (int i = 0; i < 20; i++) {
                        scene.network.link().send(bytes(heartbeat(sequence, trail, flags)));
                        scene.network.link().send(bytes(heartbeat(trail, sequence, 0)));
                        listener.step();
                        scene.clock.advance(Duration.ofMillis(200));
                    }
                    scene.clock.advance(Duration.ofSeconds(6));
                    listener.step();
                    assertThat(listener.subscription.sums().difference()).isZero();
                    assertThat(listener.gaps).hasSizeLessThan(10);
                    listener.subscriber.close();
                }
            }
        }
    }

    @Test
    void sessionsThatAreMadeUpAreFollowedUpToTheLimitAndCountedBeyond() throws IOException {
        SimListener listener = scene.listen();
        scene.meet(1);
        for (int i = 1; i <= 2_000; i++) {
            scene.network.link().send(bytes(of(session + i, heartbeat(0, 0, 0))));
            scene.step(SimScene.TICK);
        }
        assertThat(listener.subscriber.counters().refusedSessions()).isGreaterThanOrEqualTo(2_000 - 256);
        scene.publish(100);
        scene.run(Duration.ofMillis(20));
        assertThat(listener.count()).as("the first session is still followed").isEqualTo(100);
        scene.run(Duration.ofSeconds(6), Duration.ofMillis(100));
        assertThat(listener.subscription.sums().difference()).isZero();
    }

    @Test
    void fiftyReceiversThatLoseTheSameDatagramCostThreeRepairsAtMost() throws IOException {
        for (long seed = 1; seed <= 5; seed++) {
            var many = new SimScene(seed, 1_000, UdpLimits.defaults(), POLICY);
            var slow = Faults.NONE.withDelay(1).withLongest(Duration.ofNanos(seed * 100_000));
            var listeners = new ArrayList<SimListener>();
            for (int i = 0; i < 50; i++) {
                listeners.add(many.listen(many.feedFrom(new Start.Live()), slow, slow, Interest.inAll()));
            }
            many.meet(50);
            many.publish(16);
            many.run(Duration.ofMillis(20));
            long before = many.publisher.repairsToOne() + many.publisher.repairsToGroup();
            many.network.link().cut();
            // One event alone, so one datagram.
            many.publish(1);
            many.network.link().heal();
            many.run(Duration.ofMillis(30), Duration.ofNanos(20_000));
            many.publish(8);
            many.run(Duration.ofMillis(120), Duration.ofNanos(50_000));
            long repairs = many.publisher.repairsToOne() + many.publisher.repairsToGroup() - before;
            assertThat(repairs).as("seed %d", seed).isBetween(1L, 3L);
            for (SimListener one : listeners) {
                one.verify(0, 25, 0);
            }
        }
    }

    private ByteBuffer heartbeat(long sequence, long trail, int flags) {
        var stamp = new Stamp(session, DatagramLayout.RELIABLE);
        stamp.firstEvent = sequence;
        return control.heartbeat(stamp, sequence, new ControlWriter.Standing(trail, trail, 1, 1_000, POLICY.text().getBytes(StandardCharsets.US_ASCII)), flags);
    }

    private static ByteBuffer of(long otherSession, ByteBuffer datagram) {
        datagram.putLong(DatagramLayout.SESSION_AT, otherSession);
        return datagram.putInt(DatagramLayout.CHECKSUM_AT, Datagram.checksum(new CRC32C(), datagram));
    }

    private static byte[] bytes(ByteBuffer datagram) {
        byte[] bytes = new byte[datagram.remaining()];
        datagram.get(bytes);
        return bytes;
    }
}
