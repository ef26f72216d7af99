package io.heliograph.udp;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A member of IPv6 groups on Linux's sockets keeps the contract. */
@EnabledOnOs(OS.LINUX)
class NativeMemberIoIpv6Test extends NativeMemberIoTest {

    @Override
    TestNetwork network() {
        return TestNetwork.IPV6;
    }
}
