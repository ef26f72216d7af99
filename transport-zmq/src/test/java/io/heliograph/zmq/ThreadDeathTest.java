package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.RequestException;
import io.heliograph.Requester;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.TransportException;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whichever thread of a transport dies: it is told, and nothing seems to work any longer. */
@Timeout(60)
class ThreadDeathTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final EventHandler IGNORING = delivery -> { };

    /** A clock that one thread, once, dies of reading. */
    private static final class DeadlyClock implements Clock {
        private volatile String victim = "";

        @Override
        public long nanoTime() {
            String name = victim;
            if (!name.isEmpty() && Thread.currentThread().getName().startsWith(name)) {
                victim = "";
                throw new InternalError("injected into " + Thread.currentThread().getName());
            }
            return System.nanoTime();
        }

        @Override
        public void await(Lock lock, Condition condition, long deadlineNs) throws InterruptedException {
            Clock.SYSTEM.await(lock, condition, deadlineNs);
        }
    }

    /** What has threads that die. All of them wait for others, so that strangers may come. */
    private enum Side {
        PUBLISHER("publisher", ""),
        SUBSCRIBER("subscriber", "&bind=true"),
        WORK_PUBLISHER("publisher", "&pattern=load-balance"),
        WORKER("worker", "&pattern=load-balance&bind=true"),
        REQUESTER("requester", "&pattern=request-reply&bind=true"),
        RESPONDER("responder", "&pattern=request-reply");

        private final String thread;
        private final String settings;

        Side(String thread, String settings) {
            this.thread = thread;
            this.settings = settings;
        }

        private AutoCloseable open(String place, Environment environment) {
            var transport = new ZmqTransport();
            Address address = Address.parse(place + settings);
            return switch (this) {
                case PUBLISHER, WORK_PUBLISHER -> transport.publisher(address, Optional.empty(), environment);
                case SUBSCRIBER, WORKER -> transport.subscriber(address, environment);
                case REQUESTER -> transport.requester(address, environment);
                case RESPONDER -> transport.responder(address, request -> request, environment);
            };
        }
    }

    static Stream<Arguments> deaths() {
        return Stream.of(Side.values()).flatMap(side -> Stream.of("io", "gate", side.thread).map(thread -> Arguments.of(side, thread)));
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void closesTheTransportLoudly(Side side, String thread) throws Exception {
        var clock = new DeadlyClock();
        var notices = new CollectedNotices();
        Environment system = Environment.system();
        String place = Ports.freshAddress();
        try (AutoCloseable dying = side.open(place, new Environment(clock, system.wallClock(), system.random(), notices))) {
            Subscription subscription = dying instanceof Subscriber subscriber ? subscriber.subscribe(">", IGNORING) : null;
            try (var stranger = new RawPeer(Ports.own(place))) {
                stranger.send(RawPeer.greeting("NULL"));
                clock.victim = "heliograph-zmq-" + thread + " ";
                knock(Ports.own(place));
                assertThat(notices.await(Notice.TransportFailed.class, 1, SOON)).isTrue();
                assertThat(stranger.isCutOff((int) SOON.toMillis())).as("its connections are closed").isTrue();
            }
            assertThat(notices.of(Notice.TransportFailed.class).getFirst().error()).contains("injected into heliograph-zmq-" + thread);
            requireClosed(dying);
            if (subscription != null) {
                assertThat(subscription.sums().difference()).isZero();
            }
        }
        assertThat(notices.of(Notice.TransportFailed.class)).hasSize(1);
        requireRefused(Ports.own(place));
    }

    /** ZeroMQ's thread reads the clock when somebody comes; the others do by themselves, and may be gone already. */
    private static void knock(int port) {
        try {
            new RawPeer(port).close();
        } catch (IOException e) {
            // See above.
        }
    }

    private static void requireClosed(AutoCloseable dead) throws Exception {
        switch (dead) {
            case Publisher publisher -> {
                assertThat(publisher.publish("a", "x")).isEqualTo(PublishResult.CLOSED);
                assertThat(publisher.sums().difference()).isZero();
            }
            case Subscriber subscriber -> assertThatThrownBy(() -> subscriber.subscribe(">", IGNORING))
                    .isInstanceOf(TransportException.class).hasMessageContaining("has failed");
            case Requester requester -> assertThat(RequestScene.failure(requester.request(Event.of("a", "x"), SOON)).reason())
                    .isEqualTo(RequestException.Cause.CLOSED);
            default -> {
                // A responder has nothing that could be called.
            }
        }
    }

    private static void requireRefused(int port) {
        await().atMost(SOON).pollInterval(10, TimeUnit.MILLISECONDS).until(() -> {
            try {
                new RawPeer(port).close();
                return false;
            } catch (IOException e) {
                return true;
            }
        });
    }
}
