package io.heliograph.udp;

/** A member of IPv6 groups on the JDK's sockets keeps the contract. */
class PortableMemberIoIpv6Test extends PortableMemberIoTest {

    @Override
    TestNetwork network() {
        return TestNetwork.IPV6;
    }
}
