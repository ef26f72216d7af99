package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "frob                                       | heliograph: command 'frob': allowed is pub, sub, bench, demo, search, webhook, serve, doctor, completion",
        "--frob                                     | heliograph: option '--frob': allowed is --help, --version",
        "pub                                        | heliograph pub: ADDRESS is missing: wanted is heliograph pub ADDRESS [DATA]",
        "sub                                        | heliograph sub: ADDRESS is missing: wanted is heliograph sub ADDRESS",
        "sub local:x more                           | heliograph sub: argument 'more' is one too many: allowed is heliograph sub ADDRESS",
        "sub local:x --frob                         | heliograph sub: option '--frob': allowed is --topic, --query, --name, --policy,",
        "pub local:x a --count                      | heliograph pub: option '--count' has no value: wanted is --count N",
        "pub local:x a --count 0                    | heliograph pub: --count '0': allowed is a whole number, at least 1",
        "pub local:x a --count 1e3                  | heliograph pub: --count '1e3': allowed is",
        "pub local:x a --rate 0                     | heliograph pub: --rate '0': allowed is events a second, above 0",
        "pub local:x --size 1TiB                    | heliograph pub: --size '1TiB': allowed is at most 64MiB",
        "pub local:x a --size 1                     | heliograph pub: --size '1': allowed is DATA or --size, not both",
        "pub local:x a -H novalue                   | heliograph pub: -H 'novalue': allowed is name=value",
        "pub local:x a -H UPPER=1                   | heliograph pub: -H 'UPPER=1': allowed is 1 to 20 lower-case",
        "pub local:x a --topic a..b                 | heliograph pub: topic 'a..b': allowed is dot-separated levels",
        "pub local:x a --policy never               | heliograph pub: policy 'never': allowed is drop-oldest|",
        "pub local:x --json --topic t               | heliograph pub: --topic 't': allowed is --topic or --json, not both",
        "pub local:x --json {}                      | heliograph pub: DATA '{}': allowed is a CloudEvent in JSON",
        "pub nowhere a                              | heliograph pub: address 'nowhere': allowed is udp://HOST:PORT",
        "pub ftp://h:1 a                            | heliograph pub: address 'ftp://h:1': allowed is one of the schemes",
        "sub local:x --topic a.>.b                  | heliograph sub: topic filter 'a.>.b': allowed is",
        "sub local:x --wait 5                       | heliograph sub: --wait '5': allowed is a number and one of ns, us, ms, s",
        "sub local:x --wait 0s                      | heliograph sub: --wait '0s': allowed is more than 0",
        "sub local:x --count -1                     | heliograph sub: --count '-1': allowed is a whole number",
        "sub local:x --from oldest                  | heliograph sub: --from 'oldest': allowed is live",
        "sub udp://239.77.1.1:1 --from 2026-11-21T00:00:00Z | heliograph sub: --from '2026-11-21T00:00:00Z': allowed is live, oldest, or a position such as 687ee42cecf42fac-0; a time needs a journal",
        "sub zmq://127.0.0.1:1 --from oldest        | heliograph sub: --from 'oldest': allowed is live or last: a zmq publisher keeps the last event of each topic at most",
        "sub zmq+inproc://x --from 687ee42cecf42fac-0 | heliograph sub: --from '687ee42cecf42fac-0': allowed is live or last",
        "sub zmq://127.0.0.1:1?from=oldest           | heliograph sub: from 'oldest': allowed is live or last",
        "sub zmq://127.0.0.1:1?from=last --from last | heliograph sub: --from 'last': allowed is --from or the address's own from=",
        "sub udp://239.77.1.1:1?from=live --from oldest | heliograph sub: --from 'oldest': allowed is --from or the address's own from=",
        "sub udp://239.77.1.1:1?reliable=false --from oldest | heliograph sub: from 'oldest': allowed is nothing but the default where reliable=false",
        "sub local:x --count 1 --count 2            | heliograph sub: option '--count' is given twice",
        "bench                                      | heliograph bench: ADDRESS is missing: wanted is heliograph bench ADDRESS",
        "bench local:x --size 7                     | heliograph bench: --size '7': allowed is at least 8B",
        "bench local:x --events 0                   | heliograph bench: --events '0': allowed is a whole number, at least 1",
        "bench local:x --subscribers 65             | heliograph bench: --subscribers '65': allowed is at most 64",
        "bench udp://127.0.0.1:9 --subscribers 2    | heliograph bench: --subscribers '2': allowed is 1 at an address",
        "bench local:x --report /no/such/folder/x   | heliograph bench: --report '/no/such/folder/x': allowed is a file",
        "demo --port http                           | heliograph demo: --port 'http': allowed is a whole number from 0 to 65535",
        "demo --statsd-port 65536                   | heliograph demo: --statsd-port '65536': allowed is a whole number from 0",
        "demo --duration 0s                         | heliograph demo: --duration '0s': allowed is more than 0",
        "demo 8080                                  | heliograph demo: argument '8080' is one too many: allowed is heliograph demo",
        "webhook frob                               | heliograph webhook: command 'frob': allowed is listen, endpoints, attempts, resend, sign, verify",
        "webhook sign a --secret hunter2             | heliograph webhook sign: secret '(not shown)': allowed is whsec_ and 24 to 64 bytes",
        "webhook sign a --secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw --id a.b | heliograph webhook sign: webhook-id 'a.b': allowed is",
        "webhook sign a --secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw --timestamp now | heliograph webhook sign: --timestamp 'now': allowed is",
        "webhook verify a --secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw --id a --timestamp 1 --signature x --tolerance 2d | heliograph webhook verify: tolerance 'PT48H': allowed is",
        "webhook listen --fail 503x                 | heliograph webhook listen: --fail '503x': allowed is statuses from 300 to 599",
        "webhook listen --port 70000                | heliograph webhook listen: --port '70000': allowed is a whole number from 0",
        "webhook listen --bind localhost            | heliograph webhook listen: --bind 'localhost': allowed is an IP address",
        "webhook listen --forward-to ftp://a        | heliograph webhook listen: url 'ftp://a': allowed is a URL that begins with",
        "serve frob                                 | heliograph serve: command 'frob': allowed is keys",
        "serve --port 70000                         | heliograph serve: --port '70000': allowed is a whole number from 0",
        "serve --store mysql://a                    | heliograph serve: store 'mysql://a': allowed is",
        "serve keys add --tenant a/b                | heliograph serve keys add: tenant 'a/b': allowed is 1 to 64 letters",
        "completion fish                            | heliograph completion: shell 'fish': allowed is bash or zsh",
    })
    void answersMisuseWithOneLineAndCodeTwo(String arguments, String expected) {
        Invocation invocation = Invocation.of(arguments.split(" +"));

        assertThat(invocation.code()).isEqualTo(ExitCode.USAGE);
        assertThat(invocation.output()).isEmpty();
        assertThat(invocation.messages()).hasSize(1);
        assertThat(invocation.errors()).contains(expected.substring(0, expected.length() - 1)).contains("--help");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pub", "sub", "bench", "demo", "webhook", "webhook listen", "webhook sign", "webhook verify", "serve", "serve keys", "serve keys add",
        "serve keys list", "serve keys revoke", "doctor", "completion"})
    void explainsEveryCommand(String command) {
        String[] arguments = (command + " --help").trim().split(" ");

        Invocation invocation = Invocation.of(arguments);

        assertThat(invocation.code()).isZero();
        assertThat(invocation.output()).startsWith(("Usage: heliograph " + command).trim());
        assertThat(invocation.lines()).as("fits a terminal").allMatch(line -> line.length() <= 80);
        assertThat(invocation.errors()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "pub --version", "sub -V", "bench -V", "demo -V", "webhook -V", "webhook listen -V", "doctor --version", "completion --version"})
    void tellsItsVersionEverywhere(String arguments) {
        Invocation invocation = Invocation.of(arguments.split(" "));

        assertThat(invocation.code()).isZero();
        assertThat(invocation.lines()).hasSize(1);
        assertThat(invocation.output()).startsWith("heliograph ").contains(" on Java 2");
    }

    @Test
    void showsTheCommandsIfThereIsNone() {
        Invocation invocation = Invocation.of();

        assertThat(invocation.code()).isEqualTo(ExitCode.USAGE);
        assertThat(invocation.output()).isEmpty();
        assertThat(invocation.errors()).startsWith("Usage: heliograph").contains("pub ", "sub ", "demo ", "doctor ");
    }

    @Test
    void takesDataThatBeginsWithAnAtSignAsItIs() {
        Invocation invocation = Invocation.of("pub", "local:at", "@nobody");

        assertThat(invocation.code()).isZero();
        assertThat(invocation.ledger()).contains("\"accepted\":1");
    }

    @Test
    void keepsAMessageOnOneLineWhateverItQuotes() {
        Invocation invocation = Invocation.of("pub", "local:x\n\u001b[31m", "a", "--policy", "a\nb");

        assertThat(invocation.code()).isEqualTo(ExitCode.USAGE);
        assertThat(invocation.messages()).hasSize(1);
        assertThat(invocation.errors()).doesNotContain("\u001b");
    }
}
