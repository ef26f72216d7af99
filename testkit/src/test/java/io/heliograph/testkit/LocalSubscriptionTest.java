package io.heliograph.testkit;

class LocalSubscriptionTest extends SubscriptionContract {

    @Override
    protected TransportUnderTest transport() {
        return new LocalUnderTest();
    }
}
