package io.heliograph.udp;

import io.heliograph.testkit.PublisherContract;
import io.heliograph.testkit.TransportUnderTest;

class ReliableUdpPublisherTest extends PublisherContract {

    @Override
    protected TransportUnderTest transport() {
        return new ReliableUdpUnderTest();
    }
}
