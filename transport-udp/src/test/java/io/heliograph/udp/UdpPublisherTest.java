package io.heliograph.udp;

import io.heliograph.testkit.PublisherContract;
import io.heliograph.testkit.TransportUnderTest;

class UdpPublisherTest extends PublisherContract {

    @Override
    protected TransportUnderTest transport() {
        return new UdpUnderTest();
    }
}
