package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.Notice;
import io.heliograph.NoticeListener;
import io.heliograph.testkit.CollectedNotices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which kind of socket is chosen, and who hears of it. */
class DatagramIosTest {

    private final CollectedNotices notices = new CollectedNotices();

    @Test
    @EnabledOnOs(OS.LINUX)
    void onLinuxNativeSocketsAreChosen() {
        assertThat(DatagramIos.whyNotNative()).isEmpty();
        assertThat(DatagramIos.of(IoChoice.AUTO, "test", notices).kind()).isEqualTo(IoChoice.NATIVE);
        assertThat(DatagramIos.of(IoChoice.NATIVE, "test", notices).kind()).isEqualTo(IoChoice.NATIVE);
        assertThat(DatagramIos.of(IoChoice.PORTABLE, "test", notices).kind()).isEqualTo(IoChoice.PORTABLE);
        assertThat(notices.all()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Mac OS X   | aarch64 | false | need Linux, this is Mac OS X",
        "Windows 11 | amd64   | false | need Linux, this is Windows 11",
        "Linux      | s390x   | true  | this is s390x"})
    void elsewhereThePortableOnesAreAndNativeIsRefused(String system, String machine, boolean isTold, String reason) {
        Optional<NativeSupport.Obstacle> obstacle = NativeSupport.find(system, machine);
        assertThat(DatagramIos.of(IoChoice.AUTO, "test", notices, obstacle).kind()).isEqualTo(IoChoice.PORTABLE);
        assertThat(notices.of(Notice.Degraded.class)).hasSize(isTold ? 1 : 0)
                .allSatisfy(notice -> assertThat(notice.what()).contains(reason));
        assertThatThrownBy(() -> DatagramIos.of(IoChoice.NATIVE, "test", notices, obstacle))
                .isInstanceOf(ConfigException.class).hasMessageContaining("io 'native'").hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({"auto", "native", "portable"})
    @EnabledOnOs(OS.LINUX)
    void theAddressSaysWhich(String io) throws IOException {
        try (var publisher = Heliograph.publisher("udp://239.77.2.9:4770?reliable=false&io=" + io)) {
            assertThat(publisher).isNotNull();
        }
        assertThat(IoChoice.of(io).text()).isEqualTo(io);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whereNativeAccessIsDeniedThePortableOnesAreUsedAndItIsTold() throws Exception {
        assertThat(inAnotherJvm("--illegal-native-access=deny", Choosing.class)).containsExactly(
                "PORTABLE", "test: portable sockets are used, which are slower: native access is denied to this program;"
                        + " start java with --enable-native-access=ALL-UNNAMED",
                "io 'native': allowed is auto or portable: native access is denied to this program;"
                        + " start java with --enable-native-access=ALL-UNNAMED");
        assertThat(inAnotherJvm("--enable-native-access=ALL-UNNAMED", Choosing.class)).containsExactly("NATIVE", "NATIVE");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void withPortableSocketsTheJdkWarnsOfNothing() throws Exception {
        assertThat(inAnotherJvm("-Dio=portable", Listening.class)).containsExactly("listens");
        assertThat(inAnotherJvm("-Dio=native", Listening.class)).as("what the JDK would print").contains("listens")
                .anyMatch(line -> line.contains("WARNING"));
    }

    private static List<String> inAnotherJvm(String option, Class<?> program) throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), option,
                "-cp", System.getProperty("java.class.path"), program.getName()).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed.lines().toList();
    }

    /** Says what is chosen, in a JVM of its own. */
    static final class Choosing {

        private Choosing() {
        }

        public static void main(String[] arguments) {
            var lines = new ArrayList<String>();
            NoticeListener kept = notice -> lines.add(notice instanceof Notice.Degraded(String address, String what)
                    ? address + ": " + what : notice.toString());
            System.out.println(DatagramIos.of(IoChoice.AUTO, "test", kept).kind());
            lines.forEach(System.out::println);
            try {
                System.out.println(DatagramIos.of(IoChoice.NATIVE, "test", kept).kind());
            } catch (ConfigException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    /** Opens and closes a publisher and a subscriber with the sockets that the property {@code io} names. */
    static final class Listening {

        private Listening() {
        }

        public static void main(String[] arguments) {
            String address = new UdpUnderTest().freshAddress() + "&io=" + System.getProperty("io");
            try (var subscriber = Heliograph.subscriber(address); var publisher = Heliograph.publisher(address)) {
                subscriber.subscribePolled(Interest.inAll());
                publisher.publish(Event.of("a.b", "x"));
                System.out.println("listens");
            }
        }
    }
}
