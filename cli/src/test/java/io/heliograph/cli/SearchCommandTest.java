package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands ask of a server, and what they make of its answers. */
class SearchCommandTest {

    private static final String PROBLEM = "{\"status\":400,\"code\":\"bad-query\",\"detail\":\"there is no field 'titel'\",\"pointer\":\"/query\"}";

    @TempDir
    Path folder;

    /** In a folder that is no server's. */
    private Invocation run(FakeServer server, String... arguments) {
        return Invocation.of(arguments(server, arguments));
    }

    private String[] arguments(FakeServer server, String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--server", server.url(), "--data", folder.toString()));
        return all.toArray(String[]::new);
    }

    @Test
    void putsWhatTheOptionsSay() throws IOException {
        try (FakeServer server = FakeServer.answering(asked -> FakeServer.Answer.json(201, "{\"id\":\"a b\"}"))) {
            Invocation put = run(server, "search", "put", "a b", "title:garden", "--topic", "listings.>", "--deliver", "endpoint:ep_1",
                    "--tag", "x", "--language", "ru");

            assertThat(put.code()).isZero();
            assertThat(put.lines()).containsExactly("{\"id\":\"a b\"}");
            assertThat(server.asked()).singleElement().satisfies(asked -> {
                assertThat(asked.method()).isEqualTo("PUT");
                assertThat(asked.path()).isEqualTo("/v1/searches/a%20b");
                assertThat(asked.body()).isEqualTo("{\"query\":\"title:garden\",\"topics\":[\"listings.>\"],\"deliver\":[\"endpoint:ep_1\"],"
                        + "\"tags\":[\"x\"],\"language\":\"ru\"}");
                assertThat(asked.authorization()).isEmpty();
            });
        }
    }

    @Test
    void putsWhatStandsInItsInput() throws IOException {
        try (FakeServer server = FakeServer.answering(asked -> FakeServer.Answer.json(200, "{}"))) {
            Invocation put = Invocation.withInput("{\"query\":\"a\",\"digest\":\"PT1H\"}", arguments(server, "search", "put", "s"));

            assertThat(put.code()).isZero();
            assertThat(server.asked().getFirst().body()).isEqualTo("{\"query\":\"a\",\"digest\":\"PT1H\"}");
        }
    }

    @Test
    void tellsWhatIsRefused() throws IOException {
        try (FakeServer server = FakeServer.answering(asked -> FakeServer.Answer.json(400, PROBLEM))) {
            Invocation put = run(server, "search", "put", "s", "titel:garden");

            assertThat(put.code()).isEqualTo(ExitCode.FAILED);
            assertThat(put.output()).isEmpty();
            assertThat(put.messages()).containsExactly("search put: there is no field 'titel' (at /query)");
        }
    }

    @Test
    void listsAllPages() throws IOException {
        try (FakeServer server = FakeServer.answering(asked -> FakeServer.Answer.json(200, asked.path().endsWith("cursor=")
                ? "{\"items\":[{\"id\":\"a\",\"query\":\"x\",\"statistics\":{\"matches\":7}}],\"next\":\"a\"}"
                : "{\"items\":[{\"id\":\"b\",\"query\":{\"match_all\":{}}}]}"))) {
            assertThat(run(server, "search", "list").lines()).containsExactly("a  7  x", "b  0  {\"match_all\":{}}");
            assertThat(server.asked()).extracting(FakeServer.Asked::path)
                    .containsExactly("/v1/searches?limit=200&cursor=", "/v1/searches?limit=200&cursor=a");
        }
    }

    @Test
    void deletesSeveralAndTellsOfTheMissing() throws IOException {
        try (FakeServer server = FakeServer.answering(asked -> asked.path().endsWith("/gone")
                ? FakeServer.Answer.json(404, "{\"detail\":\"there is no such search\"}") : FakeServer.Answer.json(204, ""))) {
            Invocation removed = run(server, "search", "rm", "a", "gone", "b");

            assertThat(removed.code()).isEqualTo(ExitCode.FAILED);
            assertThat(removed.messages()).containsExactly("search rm gone: there is no such search");
            assertThat(server.asked()).extracting(FakeServer.Asked::path).containsExactly("/v1/searches/a", "/v1/searches/gone", "/v1/searches/b");
        }
    }

    @Test
    void triesAQueryOnEventsFromItsInput() throws IOException {
        try (FakeServer server = FakeServer.answering(asked -> FakeServer.Answer.json(200, """
                {"tried":2,"matches":1,"events":[
                {"event":{"type":"listings","id":"1"},"matches":true,"clauses":[{"clause":"title:garden","forbidden":false,"matches":true}],"failing":[]},
                {"event":{"type":"listings","id":"2"},"matches":false,"clauses":[{"clause":"title:garden","forbidden":false,"matches":false}],"failing":["title:garden"]}]}
                """))) {
            Invocation tested = Invocation.withInput("{\"id\":\"1\"}\n\n{\"id\":\"2\"}\n",
                    arguments(server, "search", "test", "title:garden", "--stdin"));

            assertThat(tested.lines()).containsExactly("match  listings  1  by title:garden", "no     listings  2  for want of title:garden");
            assertThat(tested.messages()).containsExactly("search test: 1 of 2 events match");
            assertThat(server.asked().getFirst().body()).isEqualTo("{\"query\":\"title:garden\",\"events\":[{\"id\":\"1\"},{\"id\":\"2\"}]}");
        }
    }

    @Test
    void printsTheAlertsOfOneSearchAndEndsWithItsCount() throws IOException {
        String alerts = ": open\n\ndata: " + alert("other", "0") + "\n\nevent: missed\ndata: {\"data\":{\"missed\":3,\"total\":3}}\n\n"
                + "data: " + alert("mine", "1") + "\n\ndata: " + alert("mine", "2") + "\n\n";
        try (FakeServer server = FakeServer.answering(asked -> new FakeServer.Answer(200, "text/event-stream", alerts))) {
            Invocation one = run(server, "search", "tail", "mine", "--count", "1");
            Invocation more = run(server, "search", "tail", "mine", "--count", "3");

            assertThat(one.code()).isZero();
            assertThat(one.lines()).containsExactly("mine  listings  {\"n\":1}");
            assertThat(one.messages()).containsExactly("search tail: listening for mine", "search tail: missed {\"missed\":3,\"total\":3}");
            assertThat(more.code()).isEqualTo(ExitCode.FAILED);
            assertThat(more.lines()).hasSize(2);
            assertThat(more.messages()).endsWith("search tail: the server has ended the stream");
        }
    }

    private static String alert(String search, String n) {
        return "{\"type\":\"heliograph.alert\",\"data\":{\"search\":\"" + search + "\",\"event\":{\"type\":\"listings\",\"data\":{\"n\":" + n + "}}}}";
    }

    @Test
    void showsTheKeyOfTheDataFolderUnlessAnotherIsGiven() throws IOException {
        Files.writeString(folder.resolve("api-key"), "hk_of-the-folder-0123456789\n");
        try (FakeServer server = FakeServer.answering(asked -> FakeServer.Answer.json(200, "{\"items\":[]}"))) {
            assertThat(run(server, "search", "list").code()).isZero();
            assertThat(run(server, "search", "list", "--key", "hk_of-the-caller-0123456789").code()).isZero();

            assertThat(server.asked()).extracting(asked -> asked.authorization().orElse(""))
                    .containsExactly("Bearer hk_of-the-folder-0123456789", "Bearer hk_of-the-caller-0123456789");
        }
    }

    @Test
    void saysAtOnceWhatCannotBe() throws IOException {
        try (FakeServer server = FakeServer.answering(asked -> FakeServer.Answer.json(500, "oops"))) {
            assertThat(run(server, "search", "put", "s", "--topic", "a").code()).isEqualTo(ExitCode.USAGE);
            assertThat(run(server, "search", "test", "q", "--stdin", "--last", "3").code()).isEqualTo(ExitCode.USAGE);
            assertThat(run(server, "search", "tail", "--count", "0").code()).isEqualTo(ExitCode.USAGE);
            assertThat(Invocation.of("search").code()).isEqualTo(ExitCode.USAGE);
            assertThat(Invocation.of("search", "list", "--server", "ftp://x").code()).isEqualTo(ExitCode.USAGE);
            assertThat(server.asked()).isEmpty();
            assertThat(run(server, "search", "list").messages()).containsExactly("search list: the server answered 500 oops");
        }
    }

    @Test
    void tellsThatNobodyAnswers() throws IOException {
        String gone;
        try (FakeServer server = FakeServer.answering(asked -> FakeServer.Answer.json(200, "{}"))) {
            gone = server.url();
        }
        Invocation listed = Invocation.of("search", "list", "--server", gone, "--data", folder.toString());

        assertThat(listed.code()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(listed.errors()).contains(gone);
    }
}
