package io.heliograph.zmq;

import io.heliograph.testkit.FlowPolicyContract;
import io.heliograph.testkit.TransportUnderTest;

class ZmqTcpFlowPolicyTest extends FlowPolicyContract {

    @Override
    protected TransportUnderTest transport() {
        return ZmqUnderTest.overTcp();
    }
}
