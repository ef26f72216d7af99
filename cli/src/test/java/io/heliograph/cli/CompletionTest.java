package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionTest {

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void knowsEveryCommandAndFlag(String shell) {
        Invocation invocation = Invocation.of("completion", shell);

        assertThat(invocation.code()).isZero();
        assertThat(invocation.errors()).isEmpty();
        assertThat(invocation.output()).contains("complete -F _complete_heliograph", "heliograph")
                .contains("pub", "sub", "demo", "doctor", "completion", "--await-subscribers", "--statsd-port");
    }

    @Test
    void teachesZshToReadAScriptForBash() {
        assertThat(Invocation.of("completion", "zsh").output()).contains("bashcompinit");
    }
}
