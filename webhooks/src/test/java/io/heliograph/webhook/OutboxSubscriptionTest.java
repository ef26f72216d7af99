package io.heliograph.webhook;

import io.heliograph.testkit.SubscriptionContract;
import io.heliograph.testkit.TransportUnderTest;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Endpoints as the subscriptions that they are to a publisher. */
class OutboxSubscriptionTest extends SubscriptionContract {

    private static final String PUSHED = "a webhook is sent, nobody polls for it";
    private static final String ELSEWHERE = "the handler is the receiver's, and lives elsewhere";

    @RegisterExtension
    static final LeftOut LEFT_OUT = new LeftOut(SubscriptionContract.class, Map.of(
            "countsAHandlerThatThrowsAndSparesTheOthers", "an attempt that fails is made again",
            "goesOnHearingWhenItsHandlerInterruptsItself", ELSEWHERE,
            "survivesAListenerToNoticesThatThrows", ELSEWHERE,
            "turnsWhatWaitsIntoLostLeftWhenItIsClosed", "an endpoint that is removed has no sums of its own any more",
            "handsOutOnlyWhenPolled", PUSHED,
            "tellsAPollerOfWhatItLeaves", PUSHED,
            "refusesToBePolledBesideItsHandler", PUSHED));

    @RegisterExtension
    final OutboxUnderTest transport = new OutboxUnderTest();

    @Override
    protected TransportUnderTest transport() {
        return transport;
    }
}
