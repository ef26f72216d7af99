package io.heliograph.testkit;

class LocalPublisherTest extends PublisherContract {

    @Override
    protected TransportUnderTest transport() {
        return new LocalUnderTest();
    }
}
