package io.heliograph.udp;

import io.heliograph.testkit.BackPressureContract;
import io.heliograph.testkit.TransportUnderTest;

class ReliableUdpBackPressureTest extends BackPressureContract {

    @Override
    protected TransportUnderTest transport() {
        return new ReliableUdpUnderTest();
    }
}
