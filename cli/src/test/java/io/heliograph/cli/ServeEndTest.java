package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.server.Serve;
import io.heliograph.server.ServeConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How {@code serve} ends where its files or its store are not what it needs. */
class ServeEndTest {

    @TempDir
    Path folder;

    @Test
    void aMasterKeyThatIsNoneIsTheMachinesFault() throws IOException {
        Path file = Files.writeString(folder.resolve("master.key"), "not a key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        Invocation serve = Invocation.of("serve", "--port", "0", "--data", folder.toString());

        assertThat(serve.code()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(serve.messages()).singleElement().asString().contains("sealed in the store", "master key file", file.toString())
                .doesNotContain("not a key");
    }

    @Test
    void aFolderThatCannotBeMadeSaysWhy() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        Invocation serve = Invocation.of("serve", "--port", "0", "--data", file.resolve("data").toString());

        assertThat(serve.code()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(serve.messages()).singleElement().asString().contains("the data folder " + file.resolve("data") + " cannot be made: ")
                .doesNotEndWith("cannot be made: " + file).doesNotEndWith("cannot be made: " + file.resolve("data"));
    }

    @Test
    void ledgersThatAStoreThatHasGoneHoldsAreSaidToBeThere() {
        var errors = new ByteArrayOutputStream();
        var messages = new Messages(new PrintStream(errors, true, StandardCharsets.UTF_8), Terminal.NONE);
        ServeConfig config = ServeConfig.of(folder).withMode(ServeConfig.Mode.DEV);
        Serve serve = Serve.start(config.withHttp(config.http().withPort(0)));
        assertThat(ServeCommand.tellLedgers(serve, messages)).isTrue();
        assertThat(errors.toString(StandardCharsets.UTF_8).lines()).singleElement().asString().startsWith("ledger: {\"role\":\"publisher\"");
        errors.reset();
        serve.close();

        assertThat(ServeCommand.tellLedgers(serve, messages)).isFalse();

        assertThat(errors.toString(StandardCharsets.UTF_8).lines()).satisfiesExactly(
                line -> assertThat(line).contains("endpoints' ledgers are in the store", "is closed"),
                line -> assertThat(line).startsWith("ledger: {\"role\":\"publisher\""));
    }
}
