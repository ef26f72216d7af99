package io.heliograph.testkit;

class LocalBackPressureTest extends BackPressureContract {

    @Override
    protected TransportUnderTest transport() {
        return new LocalUnderTest();
    }
}
