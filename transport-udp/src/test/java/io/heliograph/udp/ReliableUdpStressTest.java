package io.heliograph.udp;

import io.heliograph.testkit.StressContract;
import io.heliograph.testkit.TransportUnderTest;

class ReliableUdpStressTest extends StressContract {

    @Override
    protected TransportUnderTest transport() {
        return new ReliableUdpUnderTest();
    }
}
