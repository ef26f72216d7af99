package io.heliograph.webhook;

import io.heliograph.testkit.FlowPolicyContract;
import io.heliograph.testkit.TransportUnderTest;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a policy makes of a receiver's backlog. */
class DirectFlowPolicyTest extends FlowPolicyContract {

    private static final String ONE_RECEIVER = "a URL is one receiver's, and gets all that is published to it";
    private static final String NOBODY_TOLD = "a receiver of webhooks lives elsewhere, and is told of no gap";

    @RegisterExtension
    static final LeftOut LEFT_OUT = new LeftOut(FlowPolicyContract.class, Map.of(
            "bufferKeepsWhatItCanAndThenDropsAsItSays", ONE_RECEIVER,
            "limitsTheWeakerPolicyOfOneSubscriptionAlone", ONE_RECEIVER,
            "acceptsWhatAtLeastOneTakesAndTellsTheOthers", ONE_RECEIVER,
            "ignoresABacklogThatDoesNotWantTheTopic", ONE_RECEIVER,
            "doesNotObtainAStrongerPolicyThanThePublishers", "a receiver of webhooks asks for no policy",
            "tellsOfGapsBeforeTheNextEventAndInANotice", NOBODY_TOLD,
            "countsAHandlerOfGapsThatThrows", NOBODY_TOLD));

    private final TransportUnderTest transport = new DirectUnderTest();

    @Override
    protected TransportUnderTest transport() {
        return transport;
    }
}
