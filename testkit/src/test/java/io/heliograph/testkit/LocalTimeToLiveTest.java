package io.heliograph.testkit;

class LocalTimeToLiveTest extends TimeToLiveContract {

    @Override
    protected TransportUnderTest transport() {
        return new LocalUnderTest();
    }
}
