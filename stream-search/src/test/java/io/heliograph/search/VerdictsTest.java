package io.heliograph.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Verdicts written by hand, 200 and more for each group of languages: what a reader of the language expects, and where a stemmer
 * or a dictionary knows less than a reader, what it is known to do.
 */
class VerdictsTest {

    private record Verdict(String text, String query, boolean isMatch) {
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard", "en", "ru", "zh", "ja", "ko"})
    void agreesWithWhoReadsTheLanguage(String code) throws IOException {
        List<Verdict> verdicts = read(code);
        assertThat(verdicts).hasSizeGreaterThanOrEqualTo(200);
        var wrong = new ArrayList<Verdict>();
        try (SearchIndex searches = SearchIndex.open()) {
            List<Registration> registered = searches.register(index(verdicts).stream().map(i -> Search.of("" + i, verdicts.get(i).query()).in(Language.of(code))).toList());
            assertThat(registered).allMatch(Registration.Done.class::isInstance);
            for (String text : verdicts.stream().map(Verdict::text).distinct().toList()) {
                List<String> found = searches.match(Event.of("e", text)).stream().map(Match::searchId).toList();
                for (int i : index(verdicts)) {
                    Verdict verdict = verdicts.get(i);
                    if (verdict.text().equals(text) && verdict.isMatch() != found.contains("" + i)) {
                        wrong.add(verdict);
                    }
                }
            }
        }
        assertThat(wrong).as(() -> wrong.stream().map(Verdict::toString).collect(Collectors.joining("\n"))).isEmpty();
    }

    private static List<Integer> index(List<Verdict> verdicts) {
        return IntStream.range(0, verdicts.size()).boxed().toList();
    }

    private static List<Verdict> read(String code) throws IOException {
        try (InputStream file = VerdictsTest.class.getResourceAsStream("verdicts/" + code + ".txt")) {
            var verdicts = new ArrayList<Verdict>();
            String text = "";
            for (String line : new String(Objects.requireNonNull(file, code).readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                if (line.startsWith("= ")) {
                    text = line.substring(2);
                } else if (line.startsWith("+ ") || line.startsWith("- ")) {
                    for (String query : line.substring(2).split(" \\| ")) {
                        verdicts.add(new Verdict(text, query.trim(), line.startsWith("+")));
                    }
                }
            }
            return verdicts;
        }
    }
}
