package io.heliograph.testkit;

class LocalRequestReplyTest extends RequestReplyContract {

    @Override
    protected TransportUnderTest transport() {
        return new LocalUnderTest();
    }
}
