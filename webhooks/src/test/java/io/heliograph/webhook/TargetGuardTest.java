package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.webhook.Resolution.Allowed;
import io.heliograph.webhook.Resolution.Barred;
import io.heliograph.webhook.Resolution.Unknown;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetGuardTest {

    private static final int FUZZED_HOSTS = 10_000;

    private static final HostResolver NOBODY = host -> {
        throw new UnknownHostException(host);
    };

    @ParameterizedTest
    @ValueSource(strings = {
        "0.0.0.0", "0.0.0.1", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.64.0.1", "100.127.255.255",
        "127.0.0.0", "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255",
        "192.0.0.0", "192.0.0.8", "192.0.0.255", "192.0.2.0", "192.0.2.255", "192.88.99.0", "192.88.99.255", "192.168.0.0", "192.168.255.255",
        "198.18.0.0", "198.18.0.1", "198.19.255.255", "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255",
        "224.0.0.0", "239.255.255.255", "240.0.0.0", "240.0.0.1", "255.255.255.254", "255.255.255.255",
        "::", "::1", "::2", "::7f00:1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1",
        "::5efe:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::255.255.255.255",
        "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "100::", "100::ffff:ffff:ffff:ffff",
        "2001::", "2001:0:7f00:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2002::", "2002:7f00:1::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
        "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fc00::", "fd00::1", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fe80::", "fe80::1", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::", "fec0::1", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "ff00::", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2400:cb00::5efe:7f00:1", "2400:cb00::200:5efe:7f00:1",
        "2400:cb00::5efe:8.8.8.8"})
    void barsWhatIsNotPublic(String address) {
        assertThat(resolve(TargetGuard.of(List.of(), NOBODY), address)).isInstanceOf(Barred.class);
        assertThat(resolve(TargetGuard.of(List.of(), resolving(address)), "name.example")).isInstanceOf(Barred.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
        "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.1.255", "192.0.3.0", "192.88.98.255",
        "192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255",
        "203.0.114.0", "223.255.255.255", "8.8.8.8",
        "64:ff9b::8.8.8.8", "64:ff9b::9.255.255.255", "64:ff9b::b00:0", "100:0:0:1::", "2001:200::", "2001:4860:4860::8888",
        "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::",
        "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "5f01::",
        "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::", "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2606:2800:220:1:248:1893:25c8:1946",
        "2400:cb00::5eff:7f00:1", "2400:cb00::100:5efe:7f00:1"})
    void letsTheirPublicNeighboursPass(String address) {
        InetAddress expected = InetAddress.ofLiteral(address);

        assertThat(resolve(TargetGuard.of(List.of(), NOBODY), address)).isEqualTo(new Allowed(List.of(expected)));
        assertThat(resolve(TargetGuard.of(List.of(), resolving(address)), "name.example")).isEqualTo(new Allowed(List.of(expected)));
    }

    @Test
    void barsANameOneOfWhoseAddressesIsNotPublic() {
        TargetGuard guard = TargetGuard.of(List.of(), resolving("8.8.8.8", "2606:2800:220:1::1", "127.0.0.1"));

        assertThat(resolve(guard, "rebinding.example")).isEqualTo(new Barred(InetAddress.ofLiteral("127.0.0.1"), "loopback (127.0.0.0/8)"));
    }

    @Test
    void letsPassWhatTheOperatorAllows() {
        TargetGuard guard = TargetGuard.of(List.of(Cidr.parse("10.1.0.0/16"), Cidr.parse("::1")), resolving("10.1.2.3", "8.8.8.8"));

        assertThat(resolve(guard, "inside.example")).isInstanceOf(Allowed.class);
        assertThat(resolve(guard, "10.1.255.255")).isInstanceOf(Allowed.class);
        assertThat(resolve(guard, "10.2.0.0")).isInstanceOf(Barred.class);
        assertThat(resolve(guard, "::1")).isInstanceOf(Allowed.class);
        assertThat(resolve(guard, "::2")).isInstanceOf(Barred.class);
        assertThat(resolve(guard, "127.0.0.1")).isInstanceOf(Barred.class);
    }

    @Test
    void connectsNowhereIfTheResolverFails() {
        TargetGuard failing = TargetGuard.of(List.of(), host -> {
            throw new IllegalStateException("out of order");
        });

        assertThat(resolve(failing, "a.example")).isInstanceOfSatisfying(Unknown.class, u -> assertThat(u.why()).contains("out of order"));
        assertThat(resolve(TargetGuard.of(List.of(), NOBODY), "a.example")).isInstanceOf(Unknown.class);
        assertThat(resolve(TargetGuard.of(List.of(), host -> List.of()), "a.example")).isInstanceOf(Unknown.class);
    }

    @Test
    void knowsLocalhostByItsAddress() {
        assertThat(resolve(TargetGuard.of(List.of(), HostResolver.SYSTEM), "localhost")).isInstanceOf(Barred.class);
    }

    /** Whoever else reads the host, as the JDK's resolver does, must not find a way home that the guard let pass. */
    @Test
    void letsNoSpellingOfLoopbackPass() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        TargetGuard guard = TargetGuard.of(List.of(), NOBODY);
        Set<String> passed = new HashSet<>();
        int read = 0;
        for (int i = 0; i < FUZZED_HOSTS; i++) {
            String host = HostSpelling.of(random);
            try {
                TargetUrl target = TargetUrl.parse("http://" + host + "/");
                read++;
                if (target.literal().isEmpty()) {
                    // A name: not even inet_aton, which reads the most spellings, takes it for an address.
                    assertThatThrownBy(() -> Inet4Address.ofPosixLiteral(target.host())).as("seed %d, host %s", seed, host)
                            .isInstanceOf(IllegalArgumentException.class);
                } else if (guard.resolve(target) instanceof Allowed(List<InetAddress> addresses)) {
                    passed.add(host);
                    assertThat(addresses).as("seed %d, host %s", seed, host).noneMatch(TargetGuardTest::isHome);
                    if (target.host().indexOf(':') < 0) {
                        assertThat(Inet4Address.ofPosixLiteral(target.host())).as("seed %d, host %s", seed, host)
                                .isEqualTo(addresses.getFirst());
                    }
                }
            } catch (ConfigException e) {
                // Refused: nobody connects.
            }
        }
        assertThat(read).as("seed %d: hosts that could be read", seed).isGreaterThan(FUZZED_HOSTS / 20);
        assertThat(passed).as("seed %d: public addresses", seed).isNotEmpty();
    }

    private static boolean isHome(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address.isLoopbackAddress() || address.isAnyLocalAddress() || bytes[bytes.length - 4] == 127 && bytes.length == 4;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8", "10/8", "::/129", "fe80::1%eth0/64", "localhost", "010.0.0.0/8", "10.0.0.0/"})
    void refusesBlocksThatAreNone(String text) {
        assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(ConfigException.class);
    }

    @Test
    void readsBlocksOfAnyLength() {
        assertThat(Cidr.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("255.255.255.255"))).isTrue();
        assertThat(Cidr.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("::1"))).isFalse();
        assertThat(Cidr.parse("::/0").contains(InetAddress.ofLiteral("::1"))).isTrue();
        assertThat(Cidr.parse("10.0.0.128/25").contains(InetAddress.ofLiteral("10.0.0.127"))).isFalse();
        assertThat(Cidr.parse("10.0.0.128/25").contains(InetAddress.ofLiteral("10.0.0.128"))).isTrue();
        assertThat(Cidr.parse("10.0.0.1")).hasToString("10.0.0.1/32").isEqualTo(Cidr.parse("10.0.0.1/32"));
        assertThat(Stream.of("0.0.0.0", "0.0.0.1").map(InetAddress::ofLiteral).filter(Cidr.parse("0.0.0.0/32")::contains)).hasSize(1);
    }

    private static Resolution resolve(TargetGuard guard, String host) {
        return guard.resolve(TargetUrl.parse("http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + "/"));
    }

    private static HostResolver resolving(String... addresses) {
        return host -> Stream.of(addresses).map(InetAddress::ofLiteral).toList();
    }
}
