package io.heliograph.udp;

import io.heliograph.testkit.Capabilities;
import io.heliograph.testkit.PolicyKind;
import io.heliograph.testkit.Trait;
import io.heliograph.testkit.TransportUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;

/** Reliable multicast on the loopback interface, as users open it. */
final class ReliableUdpUnderTest implements TransportUnderTest {

    @Override
    public Capabilities capabilities() {
        return Capabilities.IN_PROCESS
                .without(Trait.IMMEDIATE, Trait.SEES_BACKLOGS, Trait.MANUAL_TIME, Trait.REQUESTS)
                .withPolicies(PolicyKind.DROP_OLDEST, PolicyKind.DROP_NEWEST, PolicyKind.DROP_SAME_KEY, PolicyKind.BUFFER,
                        PolicyKind.BACK_PRESSURE)
                .withPatience(Duration.ofSeconds(10));
    }

    @Override
    public String freshAddress() {
        try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return "udp://239.77.2.2:" + socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
