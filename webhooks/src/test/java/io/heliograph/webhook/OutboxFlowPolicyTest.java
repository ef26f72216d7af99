package io.heliograph.webhook;

import io.heliograph.testkit.FlowPolicyContract;
import io.heliograph.testkit.TransportUnderTest;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a policy makes of each endpoint's queue. */
class OutboxFlowPolicyTest extends FlowPolicyContract {

    private static final String NOBODY_TOLD = "a receiver of webhooks lives elsewhere, and is told of no gap";

    @RegisterExtension
    static final LeftOut LEFT_OUT = new LeftOut(FlowPolicyContract.class, Map.of(
            "doesNotObtainAStrongerPolicyThanThePublishers", "an endpoint's policy is its owner's, whoever publishes",
            "refusesWhatIsAboveTheWholeLimitAndLeavesTheQueue", "the limit holds what is being attempted too, and is larger by that here",
            "tellsOfGapsBeforeTheNextEventAndInANotice", NOBODY_TOLD,
            "countsAHandlerOfGapsThatThrows", NOBODY_TOLD));

    @RegisterExtension
    final OutboxUnderTest transport = new OutboxUnderTest();

    @Override
    protected TransportUnderTest transport() {
        return transport;
    }
}
