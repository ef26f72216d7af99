package io.heliograph.zmq;

import io.heliograph.testkit.FlowPolicyContract;
import io.heliograph.testkit.TransportUnderTest;

class ZmqInProcessFlowPolicyTest extends FlowPolicyContract {

    @Override
    protected TransportUnderTest transport() {
        return ZmqUnderTest.inProcess();
    }
}
