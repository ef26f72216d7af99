package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Interest;
import io.heliograph.spi.Address;
import io.heliograph.testkit.RecordedSubscription;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** A subscriber that waits at PORT for what foreign peers push, and one that does. */
final class PulledBystanders extends Bystanders {

    private static final int BATCH = 50;

    private final GroupWitness witness = new GroupWitness();
    private final ZmqWorkSubscriber subscriber;
    private final RecordedSubscription worker;
    private final Semaphore arrivals = new Semaphore(0);
    private final ZContext context = new ZContext();
    private final ZMQ.Socket pushing;
    private int pushed;

    PulledBystanders(String settings) throws Exception {
        subscriber = ZmqWorkSubscriber.open(WorkConfig.of(Address.parse(address + "&pattern=load-balance&peer=plain&bind=true" + settings),
                ZmqConfig.Side.CONNECTING), environment);
        worker = witness.member("workers", subscriber, Interest.inAll(), delivery -> arrivals.release());
        pushing = foreign(context, SocketType.PUSH);
        pushing.setSendTimeOut((int) TimeUnit.SECONDS.toMillis(PATIENCE_S));
        pushing.connect("tcp://127.0.0.1:" + Ports.plain(address));
        begin();
    }

    @Override
    List<Door> doors() {
        return List.of(new Door(Ports.plain(address), "PUSH"));
    }

    @Override
    void batch() throws InterruptedException {
        for (int i = 0; i < BATCH; i++) {
            assertThat(pushing.sendMore("work") && pushing.send(Integer.toString(pushed))).isTrue();
            pushed++;
        }
        assertThat(arrivals.tryAcquire(BATCH, PATIENCE_S, TimeUnit.SECONDS))
                .as("pushed up to %d: %s; %s", pushed, worker.sums(), notices.all()).isTrue();
    }

    @Override
    void requireUnnoticed() {
        await().atMost(Duration.ofSeconds(PATIENCE_S)).until(() -> worker.sums().delivered() == pushed);
        assertThat(witness.handed("workers").stream().map(handed -> handed.delivery().event().text()))
                .containsExactlyElementsOf(IntStream.range(0, pushed).mapToObj(Integer::toString).toList());
        assertThat(worker.sums().known()).isEqualTo(pushed);
        assertThat(worker.sums().lost()).isEmpty();
        assertThat(worker.sums().difference()).isZero();
    }

    @Override
    boolean isAlone() {
        return true;
    }

    @Override
    Map<ZmqRefusal, Long> refusals() {
        return subscriber.counters().refusals();
    }

    @Override
    public void close() {
        context.close();
        subscriber.close();
        threads.close();
    }
}
