package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Address;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A publisher of work with two own workers of a group. Strangers at PORT pull as a group of their own: a foreign worker there would
 * have to share with them.
 */
final class WorkBystanders extends Bystanders {

    private static final int BATCH = 50;

    private final GroupWitness witness = new GroupWitness();
    private final ZmqWorkPublisher publisher;
    private final ZmqWorkSubscriber subscriber;
    private final Semaphore arrivals = new Semaphore(0);
    private int published;

    WorkBystanders(String settings) throws Exception {
        String text = address + "&pattern=load-balance";
        publisher = ZmqWorkPublisher.open(WorkConfig.of(Address.parse(text + settings), ZmqConfig.Side.BINDING),
                FlowPolicy.parse("backpressure:10000,wait=20s"), environment);
        subscriber = ZmqWorkSubscriber.open(WorkConfig.of(Address.parse(text), ZmqConfig.Side.CONNECTING), environment);
        for (int i = 0; i < 2; i++) {
            witness.member("workers", subscriber, Interest.inAll(), delivery -> arrivals.release());
        }
        assertThat(publisher.awaitSubscribers(2, Duration.ofSeconds(PATIENCE_S))).isTrue();
        begin();
    }

    @Override
    List<Door> doors() {
        return List.of(new Door(Ports.plain(address), "PULL"), ownDoor());
    }

    @Override
    void batch() throws InterruptedException {
        for (int i = 0; i < BATCH; i++) {
            assertThat(witness.publish(publisher, Event.of("work", Integer.toString(published)))).isEqualTo(PublishResult.ACCEPTED);
            published++;
        }
        assertThat(arrivals.tryAcquire(BATCH, PATIENCE_S, TimeUnit.SECONDS))
                .as("workers up to %d: %s; %s", published, publisher.groups(), notices.all()).isTrue();
    }

    @Override
    void requireUnnoticed() {
        GroupSums sums = awaitSettled();
        witness.requireSound(publisher, 0);
        witness.requireSound(sums);
        assertThat(sums.acknowledged()).isEqualTo(published);
        assertThat(sums.redelivered()).isZero();
    }

    private GroupSums awaitSettled() {
        await().atMost(Duration.ofSeconds(PATIENCE_S)).until(() -> own().acknowledged() == published);
        return own();
    }

    private GroupSums own() {
        return publisher.groups().stream().filter(sums -> sums.group().equals("workers")).findFirst().orElseThrow();
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
        subscriber.close();
        publisher.close();
        threads.close();
    }
}
