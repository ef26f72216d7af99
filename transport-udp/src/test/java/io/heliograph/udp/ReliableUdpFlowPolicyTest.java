package io.heliograph.udp;

import io.heliograph.testkit.FlowPolicyContract;
import io.heliograph.testkit.TransportUnderTest;

class ReliableUdpFlowPolicyTest extends FlowPolicyContract {

    @Override
    protected TransportUnderTest transport() {
        return new ReliableUdpUnderTest();
    }
}
