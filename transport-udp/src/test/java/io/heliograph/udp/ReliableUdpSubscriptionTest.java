package io.heliograph.udp;

import io.heliograph.testkit.SubscriptionContract;
import io.heliograph.testkit.TransportUnderTest;

class ReliableUdpSubscriptionTest extends SubscriptionContract {

    @Override
    protected TransportUnderTest transport() {
        return new ReliableUdpUnderTest();
    }
}
