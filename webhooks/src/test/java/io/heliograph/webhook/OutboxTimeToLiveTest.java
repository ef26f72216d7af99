package io.heliograph.webhook;

import io.heliograph.testkit.TimeToLiveContract;
import io.heliograph.testkit.TransportUnderTest;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of events that wait longer in an outbox than their time to live. */
class OutboxTimeToLiveTest extends TimeToLiveContract {

    private static final String CALENDAR = "what outlives its process goes by the calendar, in milliseconds";

    @RegisterExtension
    static final LeftOut LEFT_OUT = new LeftOut(TimeToLiveContract.class, Map.of(
            "countsToTheNanosecond", CALENDAR,
            "ignoresTheWallClock", CALENDAR,
            "neverExpiresWhatIsInHand", "in milliseconds a nanosecond is over at once"));

    @RegisterExtension
    final OutboxUnderTest transport = OutboxUnderTest.onManualTime();

    @Override
    protected TransportUnderTest transport() {
        return transport;
    }
}
