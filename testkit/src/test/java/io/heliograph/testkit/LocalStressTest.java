package io.heliograph.testkit;

class LocalStressTest extends StressContract {

    @Override
    protected TransportUnderTest transport() {
        return new LocalUnderTest();
    }
}
