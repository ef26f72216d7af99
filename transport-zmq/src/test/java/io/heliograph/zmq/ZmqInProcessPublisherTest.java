package io.heliograph.zmq;

import io.heliograph.testkit.PublisherContract;
import io.heliograph.testkit.TransportUnderTest;

class ZmqInProcessPublisherTest extends PublisherContract {

    @Override
    protected TransportUnderTest transport() {
        return ZmqUnderTest.inProcess();
    }
}
