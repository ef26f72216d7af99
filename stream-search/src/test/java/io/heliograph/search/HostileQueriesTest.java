package io.heliograph.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HostileQueriesTest {

    /** Of the processor's time, and far above the 50 ms that are meant, since cold code is slow; the naive way takes seconds. */
    private static final Duration LIMIT = Duration.ofSeconds(1);

    @BeforeAll
    static void loadClasses() {
        assertThat(EventQuery.parse("a:b OR c:[1 TO 2] OR d:/x{2}/ OR e:f~")).isNotNull();
    }

    static Stream<Arguments> queries() {
        return Stream.of(
                Arguments.of("a repetition that takes 10 s to write out", "title:/a{1,100000}/"),
                Arguments.of("repetitions in each other", "title:/(a{1,1000}){1,100}/"),
                Arguments.of("two million letters", "title:/a{2000000}/"),
                Arguments.of("more states than Lucene bears", "title:/[ac]*a[ac]{50,200}/"),
                Arguments.of("2,000 parentheses in a regular expression", "title:/" + "(".repeat(2000) + ")".repeat(2000) + "/"),
                Arguments.of("100 parentheses in a regular expression", "title:/" + "(".repeat(100) + "a" + ")".repeat(100) + "/"),
                Arguments.of("2,000 parentheses", "(".repeat(2000) + "a" + ")".repeat(2000)),
                Arguments.of("4,000 parentheses", "(".repeat(4000) + "a" + ")".repeat(4000)),
                Arguments.of("4,000 parentheses that never close", "(".repeat(4000)),
                Arguments.of("signs without end", "-".repeat(8000)),
                Arguments.of("1,025 clauses", clauses(1025)),
                Arguments.of("a word of 40,000 letters", "title:" + "a".repeat(40_000)),
                Arguments.of("a word of 8,000 letters", "title:" + "a".repeat(8_000)),
                Arguments.of("a similar word of 960 letters", "title:" + "a".repeat(960) + "~2"),
                Arguments.of("wildcards within wildcards", "title:a" + "*b".repeat(50) + "*"),
                Arguments.of("a leading wildcard", "title:*a"),
                Arguments.of("infix wildcards, 200 of them", IntStream.range(0, 200).mapToObj(i -> "t:a*" + i + "*").collect(Collectors.joining(" "))),
                Arguments.of("a slop without end", "title:\"a b\"~1000000"),
                Arguments.of("300 words in one phrase", "title:\"" + "ab ".repeat(300) + "\""),
                Arguments.of("a field that is too long", "a".repeat(300) + ":b"),
                Arguments.of("an empty regular expression", "title://"),
                Arguments.of("operators of Lucene's own in a regular expression", "title:/~(a)&b@<1-99999>/"),
                Arguments.of("a range of everything but a number", "price:[1 TO 2] price:[a TO"),
                Arguments.of("a lone surrogate and a null", "title:\ud800\u0000 \""),
                Arguments.of("a megabyte", "a ".repeat(500_000)));
    }

    private static long cpuNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static String clauses(int count) {
        return IntStream.range(0, count).mapToObj(i -> "t:" + i).collect(Collectors.joining(" "));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("queries")
    void isRefusedSoon(String name, String query) {
        long beginNs = cpuNs();
        QueryException told = catchThrowableOfType(QueryException.class, () -> EventQuery.parse(query));
        Duration took = Duration.ofNanos(cpuNs() - beginNs);
        assertThat(told).as(name).isNotNull();
        assertThat(told.getMessage()).as(name).hasSizeLessThan(400);
        assertThat(took).as(name).isLessThan(LIMIT);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objects")
    void isRefusedSoonAsJson(String name, String query) {
        long beginNs = cpuNs();
        QueryException told = catchThrowableOfType(QueryException.class,
                () -> Search.json("s", query).parse(QueryLimits.defaults()));
        assertThat(told).as(name).isNotNull();
        assertThat(Duration.ofNanos(cpuNs() - beginNs)).as(name).isLessThan(LIMIT);
    }

    static Stream<Arguments> objects() {
        String one = "{\"term\":{\"a\":\"b\"}}";
        return Stream.of(
                Arguments.of("1,000 levels", "{\"bool\":{\"must\":".repeat(300) + one + "}}".repeat(300)),
                Arguments.of("levels that never end", "[".repeat(8000)),
                Arguments.of("1,025 clauses", "{\"bool\":{\"must\":[" + (one + ",").repeat(300) + one + "]}}"),
                Arguments.of("300 terms", "{\"terms\":{\"a\":[" + "\"x\",".repeat(300) + "\"x\"]}}"),
                Arguments.of("a script", "{\"script\":{\"source\":\"while(true);\"}}"),
                Arguments.of("a regular expression", "{\"regexp\":{\"a\":\"b{1,100000}\"}}"),
                Arguments.of("a leading wildcard", "{\"wildcard\":{\"a\":\"*b\"}}"),
                Arguments.of("no JSON", "{\"term\":"),
                Arguments.of("nothing", ""),
                Arguments.of("an array", "[" + one + "]"),
                Arguments.of("two queries", one + one),
                Arguments.of("a number", "1e999999999"),
                Arguments.of("an unknown setting", "{\"match\":{\"a\":{\"query\":\"b\",\"analyzer\":\"c\"}}}"));
    }
}
