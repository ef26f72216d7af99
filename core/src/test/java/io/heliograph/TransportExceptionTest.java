package io.heliograph;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

final class TransportExceptionTest {

    private static String message(Exception cause) {
        return new TransportException("the folder f cannot be made", cause).getMessage();
    }

    @Test
    void alwaysSaysWhy() {
        assertThat(message(new IllegalStateException("it is gone"))).isEqualTo("the folder f cannot be made: it is gone");
        assertThat(message(new ConnectException())).isEqualTo("the folder f cannot be made: ConnectException");
        assertThat(message(new NoSuchFileException("/f"))).isEqualTo("the folder f cannot be made: NoSuchFileException: /f");
        assertThat(message(new AccessDeniedException("/f"))).isEqualTo("the folder f cannot be made: AccessDeniedException: /f");
        assertThat(message(new FileSystemException("/f", null, "No space left on device")))
                .isEqualTo("the folder f cannot be made: /f: No space left on device");
    }
}
