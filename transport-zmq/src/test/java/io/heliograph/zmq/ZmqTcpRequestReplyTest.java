package io.heliograph.zmq;

import io.heliograph.testkit.RequestReplyContract;
import io.heliograph.testkit.TransportUnderTest;

class ZmqTcpRequestReplyTest extends RequestReplyContract {

    @Override
    protected TransportUnderTest transport() {
        return RequestsUnderTest.overTcp();
    }
}
