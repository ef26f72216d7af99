package io.heliograph.udp;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Linux's sockets keep the contract with IPv6, too. */
@EnabledOnOs(OS.LINUX)
class NativeDatagramIoIpv6Test extends NativeDatagramIoTest {

    @Override
    TestNetwork network() {
        return TestNetwork.IPV6;
    }
}
