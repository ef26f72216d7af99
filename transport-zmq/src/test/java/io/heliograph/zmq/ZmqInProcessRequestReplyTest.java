package io.heliograph.zmq;

import io.heliograph.testkit.RequestReplyContract;
import io.heliograph.testkit.TransportUnderTest;

class ZmqInProcessRequestReplyTest extends RequestReplyContract {

    @Override
    protected TransportUnderTest transport() {
        return RequestsUnderTest.inProcess();
    }
}
