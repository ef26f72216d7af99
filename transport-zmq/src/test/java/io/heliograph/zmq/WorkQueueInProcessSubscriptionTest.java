package io.heliograph.zmq;

import io.heliograph.testkit.SubscriptionContract;
import io.heliograph.testkit.TransportUnderTest;

class WorkQueueInProcessSubscriptionTest extends SubscriptionContract {

    @Override
    protected TransportUnderTest transport() {
        return WorkUnderTest.inProcess();
    }
}
