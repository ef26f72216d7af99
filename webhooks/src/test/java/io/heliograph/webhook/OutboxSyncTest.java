package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.testkit.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Counts what the operating system is told to bring to the disk, while a process publishes and sends. */
@Tag("net")
@EnabledIf("isInstalled")
class OutboxSyncTest {

    private static final int EVENTS = 1_000;
    /** So many share a commit at most. */
    private static final int MOST_IN_GROUP = 256;
    private static final Pattern SYNC = Pattern.compile(
            "\\d+ +(fsync|fdatasync)\\(.*|\\d+ +<\\.\\.\\. (fsync|fdatasync) resumed.*");
    private static final Pattern ACK = Pattern.compile("\\d+ +write\\(\\d+, \"ack (\\d+)\\..*");

    @TempDir
    private Path folder;

    static boolean isInstalled() {
        return Files.isExecutable(Path.of("/usr/bin/strace"));
    }

    @Test
    void bringsEachGroupToTheDiskBeforeItIsAcknowledged() throws Exception {
        Path trace = folder.resolve("trace");
        Path data = folder.resolve("data");
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        try (TestReceiver receiver = TestReceiver.answering(TestReceiver.answer(204, "", ""))) {
            try (OutboxFixture fixture = OutboxFixture.open(data)) {
                fixture.add(OutboxFixture.spec(receiver.url()));
            }
            var command = new ArrayList<>(List.of("/usr/bin/strace", "-f", "-e", "trace=fsync,fdatasync,write", "-s", "16", "-o",
                    trace.toString()));
            command.addAll(OutboxProcess.command(data, scratch, 0, EVENTS));
            try (ChildProcess child = ChildProcess.start(command)) {
                assertThat(child.awaitEnd(Duration.ofMinutes(2))).as(child.toString()).isZero();
            }
        }
        int acknowledged = 0;
        int sinceSync = MOST_IN_GROUP;
        for (String line : Files.readAllLines(trace)) {
            Matcher ack = ACK.matcher(line);
            if (SYNC.matcher(line).matches() && !line.endsWith("<unfinished ...>")) {
                assertThat(line).endsWith("= 0");
                sinceSync = 0;
            } else if (ack.matches()) {
                acknowledged++;
                sinceSync++;
                assertThat(sinceSync).as("acknowledgements since a sync, at " + line).isLessThanOrEqualTo(MOST_IN_GROUP);
            }
        }
        assertThat(acknowledged).isEqualTo(EVENTS);
    }
}
