package io.heliograph.zmq;

import org.junit.jupiter.api.Tag;

/** At the ports of a publisher of work: see {@link HostilePeersContract}. */
@Tag("slow")
class HostileWorkPeersTest extends HostilePeersContract {

    @Override
    Bystanders open(String settings) throws Exception {
        return new WorkBystanders(settings);
    }
}
