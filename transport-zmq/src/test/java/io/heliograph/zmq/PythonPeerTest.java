package io.heliograph.zmq;

/** The peers of npm and of Debian alike: see {@link ForeignPeerContract}. */
class PythonPeerTest extends ForeignPeerContract {

    @Override
    ForeignProcess foreign() {
        return ForeignProcess.PYTHON;
    }
}
