package io.heliograph.zmq;

import io.heliograph.testkit.TimeToLiveContract;
import io.heliograph.testkit.TransportUnderTest;

class ZmqInProcessTimeToLiveTest extends TimeToLiveContract {

    @Override
    protected TransportUnderTest transport() {
        return ZmqUnderTest.inProcess();
    }
}
