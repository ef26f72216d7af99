package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README shows in Java is compiled as it stands, and run. */
class ReadmeTest {

    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CLASS_NAME = Pattern.compile("public class (\\w+)");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"local:prices", "udp://239.77.1.9:47709"})
    void theExampleCompilesRunsAndPrintsWhatItPromises(String address) throws Exception {
        assertThat(run(0, address)).contains("1.0842\n", "ACCEPTED {\"role\":\"publisher\",\"offered\":1,\"accepted\":1,");
    }

    @Test
    void theFastExampleHandlesEveryEventItPublishes() throws Exception {
        assertThat(run(1, "udp://239.77.1.9:47710")).contains("1000000 prices, sum 499999500000\n");
    }

    /** What the README's example number {@code index} prints, with {@code address} as its argument. */
    private String run(int index, String address) throws Exception {
        String source = example(index);
        Matcher name = CLASS_NAME.matcher(source);
        assertThat(name.find()).isTrue();
        compile(source, name.group(1));
        Process run = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", folder + File.pathSeparator + System.getProperty("java.class.path"), name.group(1), address))
                .redirectErrorStream(true)
                .start();
        String output = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(run.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).as(output).isZero();
        return output;
    }

    private static String example(int index) throws IOException {
        Path readme = Path.of("README.md");
        String text = Files.readString(Files.exists(readme) ? readme : Path.of("..").resolve(readme));
        return JAVA_BLOCK.matcher(text).results().map(block -> block.group(1)).toList().get(index);
    }

    private void compile(String source, String name) throws IOException {
        Path file = Files.writeString(folder.resolve(name + ".java"), source);
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-Xlint:all", "-Werror",
                "-cp", System.getProperty("java.class.path"), "-d", folder.toString(), file.toString());
        assertThat(result).as("the compiler's exit code").isZero();
    }
}
