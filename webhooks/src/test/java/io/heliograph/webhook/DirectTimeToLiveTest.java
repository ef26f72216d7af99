package io.heliograph.webhook;

import io.heliograph.testkit.TimeToLiveContract;
import io.heliograph.testkit.TransportUnderTest;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of events that wait longer for a receiver than their time to live. */
class DirectTimeToLiveTest extends TimeToLiveContract {

    @RegisterExtension
    static final LeftOut LEFT_OUT = new LeftOut(TimeToLiveContract.class, Map.of(
            "countsToTheNanosecond", "a URL is one receiver's",
            "neverExpiresWhatIsInHand", "an attempt ends after two minutes at most, and what it was about waits again"));

    private final TransportUnderTest transport = DirectUnderTest.onManualTime();

    @Override
    protected TransportUnderTest transport() {
        return transport;
    }
}
