package io.heliograph.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.heliograph.Notice;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class EnvironmentTest {

    private static final Notice NOTICE = new Notice.Degraded("test", "something");

    @Test
    void tellsTheListener() {
        var told = new AtomicReference<Notice>();
        Environment.system().withNotices(told::set).tell(NOTICE);
        assertThat(told).hasValue(NOTICE);
    }

    @Test
    void swallowsWhatAListenerThrows() {
        Environment unchecked = Environment.system().withNotices(notice -> {
            throw new IllegalStateException("a listener with a fault");
        });
        assertThatCode(() -> unchecked.tell(NOTICE)).doesNotThrowAnyException();
        Environment error = Environment.system().withNotices(notice -> {
            throw new StackOverflowError();
        });
        assertThatCode(() -> error.tell(NOTICE)).doesNotThrowAnyException();
    }
}
