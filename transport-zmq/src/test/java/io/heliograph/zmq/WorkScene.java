package io.heliograph.zmq;

import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Subscriber;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.RecordedSubscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** One publisher of work, its workers and a witness. Confined to the test's thread. */
final class WorkScene implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final AtomicInteger NAMES = new AtomicInteger();

    final GroupWitness witness = new GroupWitness();
    final CollectedNotices notices = new CollectedNotices();
    final ZmqWorkPublisher publisher;
    private final Environment environment;
    private final String address;
    private final List<Subscriber> subscribers = new ArrayList<>();
    private int workers;

    private WorkScene(String address, FlowPolicy policy, Environment environment) {
        this.address = address;
        this.environment = environment.withNotices(notices);
        this.publisher = ZmqWorkPublisher.open(config(""), policy, this.environment);
    }

    static WorkScene overTcp(String settings) {
        return new WorkScene(Ports.freshAddress() + "&pattern=load-balance" + settings, WorkConfig.DEFAULT_POLICY, Environment.system());
    }

    static WorkScene inProcess(String settings) {
        return inProcess(settings, WorkConfig.DEFAULT_POLICY, Environment.system());
    }

    static WorkScene inProcess(String settings, FlowPolicy policy, Environment environment) {
        return new WorkScene("zmq+inproc://queue-" + NAMES.incrementAndGet() + "?pattern=load-balance" + settings, policy, environment);
    }

    private WorkConfig config(String settings) {
        return WorkConfig.of(Address.parse(address + settings),
                settings.isEmpty() ? ZmqConfig.Side.BINDING : ZmqConfig.Side.CONNECTING);
    }

    /** A subscriber of its own in {@code group}. */
    Subscriber subscriber(String group) {
        Subscriber subscriber = ZmqWorkSubscriber.open(config("&group=" + group), environment);
        subscribers.add(subscriber);
        return subscriber;
    }

    /** A member of {@code group}, known to the publisher when this returns. */
    RecordedSubscription worker(String group, EventHandler handler) {
        return worker(subscriber(group), group, Interest.inAll(), handler);
    }

    RecordedSubscription worker(Subscriber at, String group, Interest interest, EventHandler handler) {
        RecordedSubscription worker = witness.member(group, at, interest, handler);
        workers++;
        until(() -> publisher.subscribers() == workers);
        return worker;
    }

    void leave(RecordedSubscription worker) {
        worker.close();
        workers--;
        until(() -> publisher.subscribers() == workers);
    }

    PublishResult publish(int number) {
        return witness.publish(publisher, Event.of("work", Integer.toString(number)));
    }

    void publish(int from, int end) {
        for (int number = from; number < end; number++) {
            PublishResult result = publish(number);
            if (result != PublishResult.ACCEPTED) {
                throw new AssertionError("event " + number + ": " + result + "; " + publisher.groups());
            }
        }
    }

    GroupSums sums(String group) {
        return publisher.groups().stream().filter(sums -> sums.group().equals(group)).findFirst().orElseThrow();
    }

    /** Until nothing waits and nothing is in anybody's hands. */
    void settle(String group) {
        until(() -> sums(group).waiting() == 0 && sums(group).inFlight() == 0);
    }

    void until(BooleanSupplier condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(condition::getAsBoolean);
    }

    @Override
    public void close() {
        publisher.close();
        subscribers.forEach(Subscriber::close);
    }
}
