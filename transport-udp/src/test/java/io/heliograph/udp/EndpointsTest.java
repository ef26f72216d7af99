package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How addresses are written, and told apart. */
class EndpointsTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::", "::1", "1::", "ff15::77", "2001:db8::1", "1:0:0:2::3", "1::2:3:0:0:4",
        "1:0:2:3:4:5:6:7", "10::1:2:3:4:5", "1:2:3:4:5:6::", "fd00::10:0:0:1", "1:2:3:4:5:6:7:8"})
    void anAddressIsWrittenInItsShortForm(String text) {
        assertThat(Endpoints.text(InetAddress.ofLiteral(text))).isEqualTo(text);
    }

    @Test
    void aPortFollowsIpv6InBrackets() {
        assertThat(Endpoints.text(new InetSocketAddress(InetAddress.ofLiteral("::1"), 4770))).isEqualTo("[::1]:4770");
        assertThat(Endpoints.text(List.of(new InetSocketAddress("239.77.1.1", 1), new InetSocketAddress("239.77.1.2", 2))))
                .isEqualTo("239.77.1.1:1,239.77.1.2:2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fe80::1", "ff02::77", "ff12::77", "ff11::77"})
    void whatMeansSomethingOnOneLinkOnlyGetsTheInterfaceAsItsScope(String text) throws IOException {
        NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        var scoped = (Inet6Address) Endpoints.on(loopback, InetAddress.ofLiteral(text));
        assertThat(scoped.getScopeId()).isEqualTo(loopback.getIndex()).isPositive();
        assertThat(Endpoints.text(scoped)).isEqualTo(text + "%" + loopback.getIndex());
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "fd00::1", "ff15::77", "ff0e::77", "169.254.1.1", "224.0.0.5"})
    void whatMeansTheSameEverywhereGetsNone(String text) throws IOException {
        NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        InetAddress address = InetAddress.ofLiteral(text);
        assertThat(Endpoints.on(loopback, address)).isSameAs(address);
    }
}
