package io.heliograph.testkit;

import java.util.concurrent.atomic.AtomicInteger;

/** The in-process transport, as users open it. */
final class LocalUnderTest implements TransportUnderTest {

    private static final AtomicInteger NAMES = new AtomicInteger();

    @Override
    public Capabilities capabilities() {
        return Capabilities.IN_PROCESS;
    }

    @Override
    public String freshAddress() {
        return "local:contract-" + NAMES.incrementAndGet();
    }
}
