package io.heliograph.zmq;

/** See {@link ForeignWorkContract}. */
class ForeignNodeWorkTest extends ForeignWorkContract {

    @Override
    ForeignProcess foreign() {
        return ForeignProcess.NODE;
    }
}
