package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Address;
import io.heliograph.testkit.RecordedPublisher;
import io.heliograph.testkit.RecordedSubscription;
import io.heliograph.testkit.Recorder;
import io.heliograph.testkit.Trait;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** A publisher with a subscriber of its own kind and a foreign one. */
final class FanOutBystanders extends Bystanders {

    private static final FlowPolicy PATIENT = FlowPolicy.backPressure(Limit.DEFAULT, Duration.ofSeconds(20));
    private static final int BATCH = 50;

    private final Optional<CurveFiles> curve;
    private final Recorder recorder = new Recorder(Set.of(Trait.ORDERED, Trait.LOSSLESS));
    private final ZmqPublisher publisher;
    private final RecordedPublisher recorded;
    private final ZmqSubscriber subscriber;
    private final RecordedSubscription subscription;
    private final Semaphore ownArrivals = new Semaphore(0);
    private final Semaphore foreignArrivals = new Semaphore(0);
    private final CompletableFuture<String> foreignFault = new CompletableFuture<>();
    private final List<String> foreignEvents = new CopyOnWriteArrayList<>();
    private volatile boolean isOver;
    private int published;

    FanOutBystanders(String settings) throws Exception {
        this(settings, Optional.empty());
    }

    /** @param curve what protects them, if anything does */
    FanOutBystanders(String settings, Optional<CurveFiles> curve) throws Exception {
        this.curve = curve;
        publisher = ZmqPublisher.open(ZmqConfig.of(Address.parse(address + settings + curve.map(CurveFiles::waiting).orElse("")),
                ZmqConfig.Side.BINDING), PATIENT, environment);
        subscriber = ZmqSubscriber.open(ZmqConfig.of(Address.parse(address + curve.map(CurveFiles::connecting).orElse("")),
                ZmqConfig.Side.CONNECTING), environment);
        recorded = recorder.publisher("publisher", publisher);
        subscription = recorder.subscription("own", subscriber, Interest.in(TopicFilter.of("numbers")), delivery -> ownArrivals.release());
        threads.submit(this::listen);
        assertThat(publisher.awaitSubscribers(2, Duration.ofSeconds(PATIENCE_S))).isTrue();
        subscription.joinedByNow();
        begin();
    }

    ZmqPublisher publisher() {
        return publisher;
    }

    private void listen() {
        try (var context = new ZContext()) {
            ZMQ.Socket socket = foreign(context, SocketType.SUB);
            curve.ifPresent(files -> files.use(socket, files.listed));
            socket.setReceiveTimeOut(100);
            socket.setEventHook(event -> foreignEvents.add(event.getEvent().name()), zmq.ZMQ.ZMQ_EVENT_ALL);
            socket.connect("tcp://127.0.0.1:" + Ports.plain(address));
            socket.subscribe("numbers");
            int expected = 0;
            while (!isOver) {
                String topic = socket.recvStr();
                if (topic != null) {
                    String data = socket.recvStr();
                    if (!data.equals(Integer.toString(expected)) || socket.hasReceiveMore()) {
                        foreignFault.complete(data + " where " + expected + " was expected");
                    }
                    expected++;
                    foreignArrivals.release();
                }
            }
        }
    }

    @Override
    List<Door> doors() {
        return List.of(new Door(Ports.plain(address), "SUB"), ownDoor());
    }

    @Override
    void batch() throws InterruptedException {
        for (int i = 0; i < BATCH; i++) {
            byte[] data = Integer.toString(published).getBytes(StandardCharsets.US_ASCII);
            assertThat(recorded.publish("numbers", data, 0, data.length)).isEqualTo(PublishResult.ACCEPTED);
            published++;
        }
        assertThat(ownArrivals.tryAcquire(BATCH, PATIENCE_S, TimeUnit.SECONDS)).as("own subscriber up to %d", published).isTrue();
        assertThat(foreignArrivals.tryAcquire(BATCH, PATIENCE_S, TimeUnit.SECONDS))
                .as("foreign subscriber up to %d: it was %s; %s; %s", published, foreignEvents, publisher.counters(), notices.all()).isTrue();
    }

    @Override
    void requireUnnoticed() {
        await().atMost(Duration.ofSeconds(PATIENCE_S)).until(() -> subscription.sums().delivered() == published);
        assertThat(foreignFault).isNotDone();
        recorder.report().requireClean();
        assertThat(subscription.sums().difference()).isZero();
        assertThat(publisher.sums().difference()).isZero();
        assertThat(publisher.sums().accepted()).isEqualTo(published);
        assertThat(publisher.givenUp()).isZero();
    }

    @Override
    boolean isAlone() {
        return publisher.subscribers() == 2;
    }

    @Override
    Map<ZmqRefusal, Long> refusals() {
        return publisher.counters().refusals();
    }

    @Override
    public void close() {
        isOver = true;
        subscriber.close();
        publisher.close();
        threads.close();
    }
}
