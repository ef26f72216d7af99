package io.heliograph.zmq;

/** The peers of npm and of Debian alike: see {@link ForeignPeerContract}. */
class NodePeerTest extends ForeignPeerContract {

    @Override
    ForeignProcess foreign() {
        return ForeignProcess.NODE;
    }
}
