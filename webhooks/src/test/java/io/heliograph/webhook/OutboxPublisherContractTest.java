package io.heliograph.webhook;

import io.heliograph.testkit.PublisherContract;
import io.heliograph.testkit.TransportUnderTest;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What every publisher must do, through an outbox. */
class OutboxPublisherContractTest extends PublisherContract {

    @RegisterExtension
    static final LeftOut LEFT_OUT = new LeftOut(PublisherContract.class, Map.of(
            "saysThatItKeepsNothingOnDisk", "an outbox does",
            "keepsEveryFieldOfAnEvent", "CloudEvents' JSON has one type for text, links, bytes and moments in attributes"));

    @RegisterExtension
    final OutboxUnderTest transport = new OutboxUnderTest();

    @Override
    protected TransportUnderTest transport() {
        return transport;
    }
}
