package io.heliograph.udp;

/** The JDK's sockets keep the contract with IPv6, too. */
class PortableDatagramIoIpv6Test extends PortableDatagramIoTest {

    @Override
    TestNetwork network() {
        return TestNetwork.IPV6;
    }
}
