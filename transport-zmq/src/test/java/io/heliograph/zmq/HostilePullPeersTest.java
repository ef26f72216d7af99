package io.heliograph.zmq;

import org.junit.jupiter.api.Tag;

/** At the port of a subscriber that takes what foreign peers push: see {@link HostilePeersContract}. */
@Tag("slow")
class HostilePullPeersTest extends HostilePeersContract {

    @Override
    Bystanders open(String settings) throws Exception {
        return new PulledBystanders(settings);
    }
}
