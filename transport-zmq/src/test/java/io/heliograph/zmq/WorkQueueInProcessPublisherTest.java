package io.heliograph.zmq;

import io.heliograph.testkit.PublisherContract;
import io.heliograph.testkit.TransportUnderTest;

class WorkQueueInProcessPublisherTest extends PublisherContract {

    @Override
    protected TransportUnderTest transport() {
        return WorkUnderTest.inProcess();
    }
}
