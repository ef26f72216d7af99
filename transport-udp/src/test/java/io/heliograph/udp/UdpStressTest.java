package io.heliograph.udp;

import io.heliograph.testkit.StressContract;
import io.heliograph.testkit.TransportUnderTest;

class UdpStressTest extends StressContract {

    @Override
    protected TransportUnderTest transport() {
        return new UdpUnderTest();
    }
}
