package io.heliograph.webhook;

import io.heliograph.testkit.PublisherContract;
import io.heliograph.testkit.TransportUnderTest;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What every publisher must do, over HTTP. */
class DirectPublisherContractTest extends PublisherContract {

    @RegisterExtension
    static final LeftOut LEFT_OUT = new LeftOut(PublisherContract.class, Map.of(
            "deliversToWhoeverJoinedBeforeOrAfterThePublisher", "a URL is one receiver's",
            "awaitsItsSubscribers", "HTTP does not tell who listens: the one at its URL counts until it says 410 or fails for days",
            "keepsEveryFieldOfAnEvent", "CloudEvents' JSON has one type for text, links, bytes and moments in attributes",
            "acceptsAndDeliversOrRefusesWhatRacesItsClose", "thousands of requests, one at a time: DirectCloseTest, tagged slow"));

    private final TransportUnderTest transport = new DirectUnderTest();

    @Override
    protected TransportUnderTest transport() {
        return transport;
    }
}
