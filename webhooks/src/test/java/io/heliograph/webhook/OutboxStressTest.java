package io.heliograph.webhook;

import io.heliograph.testkit.StressContract;
import io.heliograph.testkit.TransportUnderTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Endpoints that come, go, stall and fail, under policies that change. */
@Tag("slow")
class OutboxStressTest extends StressContract {

    @RegisterExtension
    final OutboxUnderTest transport = OutboxUnderTest.withOneAttempt();

    @Override
    protected int events() {
        return 1_500;
    }

    @Override
    protected TransportUnderTest transport() {
        return transport;
    }
}
