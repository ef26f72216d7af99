package io.heliograph.zmq;

import io.heliograph.testkit.SubscriptionContract;
import io.heliograph.testkit.TransportUnderTest;

class ZmqTcpSubscriptionTest extends SubscriptionContract {

    @Override
    protected TransportUnderTest transport() {
        return ZmqUnderTest.overTcp();
    }
}
