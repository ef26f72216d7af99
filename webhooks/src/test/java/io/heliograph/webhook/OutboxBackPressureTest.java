package io.heliograph.webhook;

import io.heliograph.testkit.BackPressureContract;
import io.heliograph.testkit.TransportUnderTest;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How endpoints that are full make a publisher wait. */
class OutboxBackPressureTest extends BackPressureContract {

    @RegisterExtension
    static final LeftOut LEFT_OUT = new LeftOut(BackPressureContract.class, Map.of(
            "getsOnWhenTheSlowestLeaves", "an endpoint that is removed has no sums of its own any more; see OutboxRoomTest",
            "asksForAShorterWaitThanThePublishers", "how long a publish waits is its publisher's to say"));

    @RegisterExtension
    final OutboxUnderTest transport = OutboxUnderTest.onManualTime();

    @Override
    protected TransportUnderTest transport() {
        return transport;
    }
}
