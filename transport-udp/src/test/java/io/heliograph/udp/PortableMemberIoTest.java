package io.heliograph.udp;

/** A member of groups on the JDK's sockets keeps the contract. */
class PortableMemberIoTest extends DatagramIoMemberContract {

    @Override
    DatagramIos ios() {
        return of(IoChoice.PORTABLE);
    }

    @Override
    DatagramIos otherIos() {
        return of(IoChoice.AUTO);
    }
}
