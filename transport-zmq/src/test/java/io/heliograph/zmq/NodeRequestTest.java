package io.heliograph.zmq;

/** See {@link ForeignRequestContract}. */
class NodeRequestTest extends ForeignRequestContract {

    @Override
    ForeignProcess foreign() {
        return ForeignProcess.NODE;
    }
}
