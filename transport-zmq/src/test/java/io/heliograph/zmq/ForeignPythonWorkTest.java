package io.heliograph.zmq;

/** See {@link ForeignWorkContract}. */
class ForeignPythonWorkTest extends ForeignWorkContract {

    @Override
    ForeignProcess foreign() {
        return ForeignProcess.PYTHON;
    }
}
