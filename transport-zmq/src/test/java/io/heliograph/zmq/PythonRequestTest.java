package io.heliograph.zmq;

/** See {@link ForeignRequestContract}. */
class PythonRequestTest extends ForeignRequestContract {

    @Override
    ForeignProcess foreign() {
        return ForeignProcess.PYTHON;
    }
}
