package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heliograph.ConfigException;
import io.heliograph.Position;
import io.heliograph.discovery.AnnouncementConfig;
import io.heliograph.discovery.DiscoveryGroup;
import io.heliograph.spi.Address;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every setting of a UDP address, and what is said of one that cannot be used. */
class UdpConfigTest {

    @Test
    void whatIsLeftOutHasADefault() throws IOException {
        UdpConfig config = of("udp://239.77.1.1:4770");
        NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        assertThat(config.text()).isEqualTo("udp://239.77.1.1:4770");
        assertThat(config.targets()).containsExactly(new InetSocketAddress("239.77.1.1", 4770));
        assertThat(config.target()).isEqualTo(new InetSocketAddress("239.77.1.1", 4770));
        assertThat(config.networkInterface()).isEqualTo(loopback);
        assertThat(config.local()).isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
        assertThat(config.isMulticast()).isTrue();
        assertThat(config.isReliable()).isTrue();
        assertThat(config.timeToLive()).isEqualTo(1);
        assertThat(config.maxDatagramBytes()).isEqualTo(Math.min(loopback.getMTU() - 28, 65_507));
        assertThat(config.source()).isEmpty();
        assertThat(config.rateBytesPerSecond()).isEmpty();
        assertThat(config.share()).isEmpty();
        assertThat(config.start()).isEqualTo(new Start.Live());
        assertThat(config.key()).isEmpty();
        assertThat(config.announcement()).isEmpty();
        assertThat(config.limits().retainedBytes()).isEqualTo(16 << 20);
        assertThat(config.limits().eviction()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.io()).isEqualTo(IoChoice.AUTO);
        assertThat(config.limits()).isEqualTo(UdpLimits.defaults());
    }

    @Test
    void everySettingIsUnderstood() {
        UdpConfig config = of("udp://239.77.1.1:4770?interface=127.0.0.1&reliable=true&ttl=7&datagram=1400&buffer=1MiB&io=portable"
                + "&source=192.0.2.7&rate=12MiB&group=billing&member=3/4&from=0123456789abcdef-42&retain=1MiB&evict=1500ms"
                + "&announce=prices&announce-topics=prices.>&announce-group=239.1.2.3:99");
        assertThat(config.local()).isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
        assertThat(config.timeToLive()).isEqualTo(7);
        assertThat(config.maxDatagramBytes()).isEqualTo(1400);
        assertThat(config.limits().socketBufferBytes()).isEqualTo(1 << 20);
        assertThat(config.io()).isEqualTo(IoChoice.PORTABLE);
        assertThat(config.source()).contains(InetAddress.ofLiteral("192.0.2.7"));
        assertThat(config.rateBytesPerSecond()).hasValue(12 << 20);
        assertThat(config.share()).contains(new KeyShare("billing", 3, 4));
        assertThat(config.start()).isEqualTo(new Start.At(new Position(0x0123_4567_89ab_cdefL, 42)));
        assertThat(config.limits().retainedBytes()).isEqualTo(1 << 20);
        assertThat(config.limits().eviction()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(config.announcement()).contains(AnnouncementConfig.named("prices").withTopics(List.of("prices.>"))
                .withGroup(DiscoveryGroup.parse("group", "239.1.2.3:99")));
        assertThat(of("udp://127.0.0.1:1?from=oldest").start()).isEqualTo(new Start.Oldest());
        assertThat(of("udp://127.0.0.1:1?reliable=false&from=live").isReliable()).isFalse();
        assertThat(of("udp://127.0.0.1:1?rate=10KiB").rateBytesPerSecond()).hasValue(10_240);
        assertThat(of("udp://127.0.0.1:1").isMulticast()).isFalse();
    }

    @Test
    void anIpv6AddressStandsInBrackets() throws IOException {
        TestNetwork.IPV6.require();
        UdpConfig unicast = of("udp://[::1]:4770");
        assertThat(unicast.target()).isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("::1"), 4770));
        assertThat(unicast.local()).isEqualTo(InetAddress.ofLiteral("::1"));
        assertThat(unicast.isMulticast()).isFalse();
        int mtu = unicast.networkInterface().getMTU();
        assertThat(unicast.maxDatagramBytes()).isEqualTo(Math.min(mtu - 48, 65_507));
        assertThat(mtu - 28).as("the loopback interface's own largest").isGreaterThan(unicast.maxDatagramBytes());

        UdpConfig group = of("udp://[ff15::77]:4770?source=2001:db8::1&interface=::1");
        assertThat(group.isMulticast()).isTrue();
        assertThat(group.source()).contains(InetAddress.ofLiteral("2001:db8::1"));
        assertThat(group.local()).isEqualTo(InetAddress.ofLiteral("::1"));
        assertThat(of("udp://localhost:4770").local()).as("a name of both families").isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
    }

    @Test
    void aGroupOfOneLinkGetsTheInterfaceAsItsScope() {
        TestNetwork.IPV6.require();
        UdpConfig config = of("udp://[ff12::77]:4770,[ff12::78]:4771");
        assertThat(config.targets()).hasSize(2).allSatisfy(target ->
                assertThat(((Inet6Address) target.getAddress()).getScopeId()).isEqualTo(config.networkInterface().getIndex()));
    }

    @Test
    void anInterfacesAddressBeyondTheLinkIsPreferred() throws IOException {
        Optional<NetworkInterface> both = NetworkInterface.networkInterfaces().filter(candidate ->
                candidate.inetAddresses().anyMatch(a -> a instanceof Inet6Address && a.isLinkLocalAddress())
                        && candidate.inetAddresses().anyMatch(a -> a instanceof Inet6Address && !a.isLinkLocalAddress())).findFirst();
        assumeTrue(both.isPresent(), "no interface has IPv6 addresses of its link and beyond");
        String setting = "?interface=" + both.orElseThrow().getName();
        assertThat(of("udp://[ff15::77]:4770" + setting).local().isLinkLocalAddress()).isFalse();
        InetAddress linkLocal = of("udp://[fe80::1]:4770" + setting).local();
        assertThat(linkLocal.isLinkLocalAddress()).isTrue();
        assertThat(((Inet6Address) linkLocal).getScopeId()).isEqualTo(both.orElseThrow().getIndex());
    }

    @Test
    void twoLinesAreTwoGroups() {
        assertThat(of("udp://239.77.1.1:4770,239.77.1.2:4771").targets()).containsExactly(
                new InetSocketAddress("239.77.1.1", 4770), new InetSocketAddress("239.77.1.2", 4771));
        assertThat(of("udp://239.77.1.1:4770,239.77.1.2:4770").text()).isEqualTo("udp://239.77.1.1:4770,239.77.1.2:4770");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "239.77.1.1                                | UDP address '239.77.1.1'                | HOST:PORT",
        ":4770                                     | UDP address ':4770'                     | HOST:PORT",
        "::1:4770                                  | UDP address '::1:4770'                  | IPv6 in brackets",
        "[::1]                                     | UDP address '[::1]'                     | IPv6 in brackets",
        "[::1:4770                                 | UDP address '[::1:4770'                 | IPv6 in brackets",
        "[127.0.0.1]:4770                          | host of the UDP address '127.0.0.1'     | an IPv6 address",
        "[::ffff:127.0.0.1]:4770                   | host of the UDP address '::ffff:127.0.0.1' | an IPv6 address",
        "[::]:4770                                 | host of the UDP address '::'            | an IPv6 address",
        "[fe80::1%lo]:4770                         | host of the UDP address 'fe80::1%lo'    | ?interface=NAME",
        "0.0.0.0:4770                              | host of the UDP address '0.0.0.0'       | a multicast group",
        "no.such.host.invalid:4770                 | host of the UDP address 'no.such.host.invalid' | a multicast group",
        "127.0.0.1:0                               | port of the UDP address '0'             | from 1 to 65535",
        "127.0.0.1:65536                           | port of the UDP address '65536'         | from 1 to 65535",
        "127.0.0.1:x                               | port of the UDP address 'x'             | from 1 to 65535",
        "239.77.1.1:1,239.77.1.2:1,239.77.1.3:1    | UDP address '239.77.1.1:1,239.77.1.2:1,239.77.1.3:1' | two multicast groups",
        "239.77.1.1:1,                             | UDP address ''                          | HOST:PORT",
        "239.77.1.1:1,127.0.0.1:1                  | UDP address '239.77.1.1:1,127.0.0.1:1'  | multicast groups where there are two lines",
        "127.0.0.1:1,127.0.0.1:2                   | UDP address '127.0.0.1:1,127.0.0.1:2'   | multicast groups where there are two lines",
        "239.77.1.1:1,239.77.1.1:2                 | UDP address '239.77.1.1:1,239.77.1.1:2' | two different groups",
        "239.77.1.1:1,[ff15::77]:1                 | UDP address '239.77.1.1:1,[ff15::77]:1' | both of IPv4 or both of IPv6"})
    void aPlaceThatCannotBeUsedIsRefused(String place, String what, String allowed) {
        assertRefused("udp://" + place, what, allowed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "interface=nosuch0         | interface 'nosuch0'      | loopback, an interface's name",
        "interface=192.0.2.1       | interface '192.0.2.1'    | loopback, an interface's name",
        "interface=::1             | interface '::1'          | an interface with an IPv4 address",
        "reliable=yes              | reliable 'yes'           | true or false",
        "ttl=256                   | ttl '256'                | from 0 to 255",
        "datagram=547              | datagram '547'           | from 548 to 65507",
        "datagram=65508            | datagram '65508'         | from 548 to 65507",
        "buffer=12kB               | buffer '12kB'            | KiB",
        "buffer=1B                 | socket buffer in bytes   | 4096 to",
        "io=fast                   | io 'fast'                | auto, native, portable",
        "source=ff15::1            | source 'ff15::1'         | IPv4 address",
        "source=239.1.1.1          | source '239.1.1.1'       | the sender's own IPv4 address",
        "source=0.0.0.0            | source '0.0.0.0'         | the sender's own IPv4 address",
        "source=localhost          | source 'localhost'       | the sender's own IPv4 address",
        "rate=10239                | rate '10239'             | 10KiB to 1TiB",
        "rate=2TiB                 | rate '2TiB'              | 10KiB to 1TiB",
        "rate=fast                 | rate 'fast'              | such as 64MiB",
        "group=billing             | group 'billing'          | together with a member",
        "member=0/4                | member '0/4'             | together with its group",
        "group=a.b&member=0/4      | group 'a.b'              | 1 to 64 letters",
        "group=&member=0/4         | group ''                 | 1 to 64 letters",
        "group=a&member=4/4        | member '4/4'             | I < N <= 1024",
        "group=a&member=0/0        | member '0/0'             | I < N <= 1024",
        "group=a&member=0/1025     | member '0/1025'          | I < N <= 1024",
        "group=a&member=-1/4       | member '-1/4'            | I < N <= 1024",
        "group=a&member=1          | member '1'               | I < N <= 1024",
        "from=newest               | from 'newest'            | live, oldest, or SESSION-SEQUENCE",
        "from=0123456789abcdef-x   | from '0123456789abcdef-x' | live, oldest, or SESSION-SEQUENCE",
        "from=oldest&reliable=false | from 'oldest'           | where reliable=false",
        "retain=1MiB&reliable=false | retain '1MiB'           | where reliable=false",
        "evict=1s&reliable=false   | evict '1s'               | where reliable=false",
        "retain=65535              | retain '65535'           | 64KiB to 1GiB",
        "retain=2GiB               | retain '2GiB'            | 64KiB to 1GiB",
        "evict=99ms                | evict '99ms'             | 100ms to 1h",
        "evict=61m                 | evict '61m'              | 100ms to 1h",
        "evict=5                   | evict '5'                | such as 100ms",
        "key-file=/no/such/file    | key-file '/no/such/file' | an ordinary file: there is none here",
        "announce=a%20b            | announce 'a b'           | ASCII letters, digits",
        "announce-topics=a         | announce-topics 'a'      | nothing without announce=NAME",
        "speed=1                   | setting of a udp address 'speed' | key-file"})
    void aSettingThatCannotBeUsedIsRefused(String settings, String what, String allowed) {
        assertRefused("udp://239.77.1.1:4770?" + settings, what, allowed);
    }

    @Test
    void aSourceBelongsToMulticast() {
        assertRefused("udp://127.0.0.1:4770?source=127.0.0.1", "source '127.0.0.1'", "a multicast group");
    }

    @Test
    void theLoopbackInterfaceReachesNobodyElse() {
        assertRefused("udp://192.0.2.1:4770", "interface 'loopback'", "one that reaches 192.0.2.1, given as ?interface=NAME");
        assertRefused("udp://[2001:db8::1]:4770", "interface 'loopback'", "one that reaches 2001:db8::1");
    }

    @Test
    void theKeyIsReadAndShownNowhere(@TempDir Path folder) throws IOException {
        Path file = PresharedKeyTest.keyFile(folder, "ab".repeat(32));
        UdpConfig config = of("udp://239.77.1.1:4770?key-file=" + file);
        assertThat(config.key().orElseThrow().bytes()).hasSize(32).containsOnly(0xab);
        assertThat(config.toString()).contains("hidden").doesNotContain("abab").doesNotContain("-85");
        Files.writeString(file, "too short");
        assertRefused("udp://239.77.1.1:4770?key-file=" + file, "key-file '" + file + "'", "32 bytes");
    }

    private static void assertRefused(String address, String what, String allowed) {
        assertThatThrownBy(() -> of(address)).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(what).hasMessageContaining(": allowed is ").hasMessageContaining(allowed);
    }

    private static UdpConfig of(String address) {
        return UdpConfig.of(Address.parse(address));
    }
}
