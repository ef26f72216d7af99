package io.heliograph.zmq;

import io.heliograph.testkit.StressContract;
import io.heliograph.testkit.TransportUnderTest;

class ZmqInProcessStressTest extends StressContract {

    @Override
    protected TransportUnderTest transport() {
        return ZmqUnderTest.inProcess();
    }
}
