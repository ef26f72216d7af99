package io.heliograph.testkit;

class LocalFlowPolicyTest extends FlowPolicyContract {

    @Override
    protected TransportUnderTest transport() {
        return new LocalUnderTest();
    }
}
