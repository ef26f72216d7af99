package io.heliograph.udp;

import io.heliograph.testkit.FlowPolicyContract;
import io.heliograph.testkit.TransportUnderTest;

class ReliableReliableUdpFlowPolicyTest extends FlowPolicyContract {

    @Override
    protected TransportUnderTest transport() {
        return new ReliableUdpUnderTest();
    }
}
