package io.heliograph.zmq;

/** See {@link ForeignCurveContract}. */
class NodeCurveTest extends ForeignCurveContract {

    @Override
    ForeignProcess foreign() {
        return ForeignProcess.NODE;
    }
}
