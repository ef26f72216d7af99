package io.heliograph.testkit;

import io.heliograph.testkit.mutation.Redirect;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** The in-process transport, as users open it. */
final class LocalUnderTest implements TransportUnderTest {

    private static final AtomicInteger NAMES = new AtomicInteger();

    @Override
    public Capabilities capabilities() {
        // A mutated class may leave a case waiting for what never comes.
        boolean isMutated = LocalUnderTest.class.getClassLoader() != Redirect.class.getClassLoader();
        return isMutated ? Capabilities.IN_PROCESS.withPatience(Duration.ofSeconds(1)) : Capabilities.IN_PROCESS;
    }

    @Override
    public String freshAddress() {
        return "local:contract-" + NAMES.incrementAndGet();
    }
}
