package io.heliograph.udp;

import io.heliograph.testkit.TimeToLiveContract;
import io.heliograph.testkit.TransportUnderTest;

class ReliableUdpTimeToLiveTest extends TimeToLiveContract {

    @Override
    protected TransportUnderTest transport() {
        return new ReliableUdpUnderTest();
    }
}
