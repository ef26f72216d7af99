package io.heliograph.zmq;

import io.heliograph.testkit.Capabilities;
import io.heliograph.testkit.PolicyKind;
import io.heliograph.testkit.Trait;
import io.heliograph.testkit.TransportUnderTest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Fan-out to own peers, over TCP on the loopback interface or within this process, as users open it. */
final class ZmqUnderTest implements TransportUnderTest {

    private static final AtomicInteger NAMES = new AtomicInteger();

    private final Supplier<String> freshAddress;

    private ZmqUnderTest(Supplier<String> freshAddress) {
        this.freshAddress = freshAddress;
    }

    static ZmqUnderTest overTcp() {
        return new ZmqUnderTest(Ports::freshAddress);
    }

    static ZmqUnderTest inProcess() {
        return new ZmqUnderTest(() -> "zmq+inproc://test-" + NAMES.incrementAndGet());
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.IN_PROCESS
                .without(Trait.IMMEDIATE, Trait.SEES_BACKLOGS, Trait.MANUAL_TIME, Trait.REQUESTS, Trait.SEVERAL_PUBLISHERS)
                .withPolicies(PolicyKind.DROP_OLDEST, PolicyKind.DROP_NEWEST, PolicyKind.DROP_SAME_KEY, PolicyKind.BUFFER,
                        PolicyKind.BACK_PRESSURE)
                .withPatience(Duration.ofSeconds(10));
    }

    @Override
    public String freshAddress() {
        return freshAddress.get();
    }
}
