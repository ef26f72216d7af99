package io.heliograph.udp;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A member of groups on Linux's sockets keeps the contract. */
@EnabledOnOs(OS.LINUX)
class NativeMemberIoTest extends DatagramIoMemberContract {

    @Override
    DatagramIos ios() {
        return of(IoChoice.NATIVE);
    }

    @Override
    DatagramIos otherIos() {
        return of(IoChoice.PORTABLE);
    }
}
