package io.heliograph.zmq;

/** See {@link ForeignCurveContract}. */
class PythonCurveTest extends ForeignCurveContract {

    @Override
    ForeignProcess foreign() {
        return ForeignProcess.PYTHON;
    }
}
