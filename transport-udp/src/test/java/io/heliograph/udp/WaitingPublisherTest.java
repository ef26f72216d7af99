package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread that publishes and needs room hears itself what gives it room. */
@Timeout(60)
class WaitingPublisherTest {

    private static final int EVENTS = 20_000;

    @Test
    void hearsReportsBesideThePublishersOwn() throws Exception {
        String address = "udp://127.0.0.1:" + freePort();
        var handled = new AtomicInteger();
        var isOver = new AtomicBoolean();
        FlowPolicy policy = FlowPolicy.parse("backpressure:100,wait=20s");
        try (UdpSubscriber subscriber = UdpSubscriber.open(address, Environment.system())) {
            Subscription subscription = subscriber.subscribePolled(Interest.inAll().withPolicy(policy));
            CompletableFuture<Object> receiving = CompletableFuture.supplyAsync(() -> {
                while (!isOver.get()) {
                    doWork(subscriber);
                    handled.addAndGet(subscription.poll(delivery -> { }, 10));
                }
                return subscription;
            });
            try (UdpPublisher publisher = UdpPublisher.open(address, policy, Environment.system()).start()) {
                assertThat(publisher.awaitSubscribers(1, Duration.ofSeconds(20))).isTrue();
                byte[] bytes = new byte[100];
                for (int i = 0; i < EVENTS; i++) {
                    assertThat(publisher.publish("a", bytes, 0, bytes.length)).isEqualTo(PublishResult.ACCEPTED);
                }
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> handled.get() == EVENTS);
                assertThat(publisher.sums().difference()).isZero();
            } finally {
                isOver.set(true);
            }
            receiving.get(20, TimeUnit.SECONDS);
            assertThat(subscription.sums().delivered()).isEqualTo(EVENTS);
            assertThat(subscription.sums().difference()).isZero();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void doWork(UdpSubscriber subscriber) {
        try {
            subscriber.doWork(100_000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
