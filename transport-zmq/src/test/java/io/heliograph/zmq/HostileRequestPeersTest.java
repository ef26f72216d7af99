package io.heliograph.zmq;

import org.junit.jupiter.api.Tag;

/** At the ports of a responder: see {@link HostilePeersContract}. */
@Tag("slow")
class HostileRequestPeersTest extends HostilePeersContract {

    @Override
    Bystanders open(String settings) throws Exception {
        return new RequestBystanders(settings);
    }
}
