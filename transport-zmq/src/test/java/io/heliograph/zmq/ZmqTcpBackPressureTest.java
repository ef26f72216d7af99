package io.heliograph.zmq;

import io.heliograph.testkit.BackPressureContract;
import io.heliograph.testkit.TransportUnderTest;

class ZmqTcpBackPressureTest extends BackPressureContract {

    @Override
    protected TransportUnderTest transport() {
        return ZmqUnderTest.overTcp();
    }
}
