package io.heliograph.udp;

/** The JDK's sockets keep the contract. */
class PortableDatagramIoTest extends DatagramIoContract {

    @Override
    DatagramIos ios() {
        return of(IoChoice.PORTABLE);
    }

    @Override
    DatagramIos otherIos() {
        return of(IoChoice.AUTO);
    }
}
