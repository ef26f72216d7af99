package io.heliograph.zmq;

import io.heliograph.testkit.Capabilities;
import io.heliograph.testkit.TransportUnderTest;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Request and reply between own peers, over TCP on the loopback interface or within this process, as users open it. */
final class RequestsUnderTest implements TransportUnderTest {

    private static final AtomicInteger NAMES = new AtomicInteger();

    private final Supplier<String> freshAddress;

    private RequestsUnderTest(Supplier<String> freshAddress) {
        this.freshAddress = freshAddress;
    }

    static RequestsUnderTest overTcp() {
        return new RequestsUnderTest(() -> Ports.freshAddress() + "&pattern=request-reply");
    }

    static RequestsUnderTest inProcess() {
        return new RequestsUnderTest(() -> "zmq+inproc://requests-" + NAMES.incrementAndGet() + "?pattern=request-reply");
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.IN_PROCESS;
    }

    @Override
    public String freshAddress() {
        return freshAddress.get();
    }
}
