package io.heliograph.zmq;

import io.heliograph.testkit.PublisherContract;
import io.heliograph.testkit.TransportUnderTest;

class WorkQueueTcpPublisherTest extends PublisherContract {

    @Override
    protected TransportUnderTest transport() {
        return WorkUnderTest.overTcp();
    }
}
