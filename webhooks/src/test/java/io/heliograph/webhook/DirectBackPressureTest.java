package io.heliograph.webhook;

import io.heliograph.testkit.BackPressureContract;
import io.heliograph.testkit.TransportUnderTest;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a slow receiver makes its publisher wait. */
class DirectBackPressureTest extends BackPressureContract {

    private static final String ONE_RECEIVER = "a URL is one receiver's, and gets all that is published to it";
    private static final String NO_POLICY = "a receiver of webhooks asks for no policy";

    @RegisterExtension
    static final LeftOut LEFT_OUT = new LeftOut(BackPressureContract.class, Map.of(
            "waitsForTheSlowestAndGivesAllOrNone", ONE_RECEIVER,
            "getsOnWhenTheSlowestLeaves", ONE_RECEIVER,
            "losesNoAcceptedEventWhenASubscriptionsPolicyIsReplaced", NO_POLICY,
            "asksForAShorterWaitThanThePublishers", NO_POLICY));

    private final TransportUnderTest transport = DirectUnderTest.onManualTime();

    @Override
    protected TransportUnderTest transport() {
        return transport;
    }
}
