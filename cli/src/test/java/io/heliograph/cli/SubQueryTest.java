package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SubQueryTest {

    private static final String LISTINGS = """
            {"title": "House with a garden", "price": 199000}
            {"title": "Tower", "price": 199000}
            {"title": "Garden flat", "price": 900000}
            no JSON at all
            {"title": "garden shed", "price": 1}
            """;

    private final String address = "local:" + UUID.randomUUID();

    private Invocation listen(String... more) {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "sub";
        arguments[1] = address;
        System.arraycopy(more, 0, arguments, 2, more.length);
        return Invocation.start(arguments).awaitMessage("listening at " + address);
    }

    @Test
    void printsOnlyWhatMatchesAndCountsTheRestAsFiltered() {
        Invocation sub = listen("--query", "title:garden AND price:[* TO 250000]", "--count", "2");

        Invocation pub = Invocation.withInput(LISTINGS, "pub", address);

        assertThat(pub.ledger()).contains("\"accepted\":5");
        assertThat(sub.code()).isZero();
        assertThat(sub.lines()).containsExactly("{\"title\": \"House with a garden\", \"price\": 199000}", "{\"title\": \"garden shed\", \"price\": 1}");
        assertThat(sub.ledger()).contains("\"known\":5,\"delivered\":2,\"filtered\":3,\"lost\":{}");
        assertThat(sub.messages().getFirst()).endsWith(" for > where title:garden AND price:[* TO 250000]");
    }

    @Test
    void printsWhatMatchedThoughOnlyOthersFollow() {
        Invocation sub = listen("--query", "title:tower", "--json");

        Invocation.withInput(LISTINGS, "pub", address);

        await().atMost(Duration.ofSeconds(20)).until(() -> sub.lines().size() == 1);
        assertThat(sub.lines().getFirst()).contains("Tower").startsWith("{\"specversion\"");
        sub.stop(Stop.Cause.TERMINATE).finish();
        assertThat(sub.ledger()).contains("\"delivered\":1,\"filtered\":4");
    }

    @Test
    void asksTheTopicFirst() {
        Invocation sub = listen("--query", "garden", "--topic", "sale", "--count", "1");

        Invocation.of("pub", address, "a garden to let", "--topic", "rent");
        Invocation.of("pub", address, "a garden to sell", "--topic", "sale");

        assertThat(sub.finish().lines()).containsExactly("a garden to sell");
    }

    @Test
    void tellsWhatIsWrongWithAQuery() {
        Invocation sub = Invocation.of("sub", address, "--query", "price:[1 TO");

        assertThat(sub.code()).isEqualTo(ExitCode.USAGE);
        assertThat(sub.messages().getFirst()).contains("--query 'price:[1 TO'").contains("line 1, column 7");
    }
}
