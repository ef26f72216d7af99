package io.heliograph.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {

    private static final long SEED = 20261121;
    private static final Event GARDEN = Event.json("listings", "{\"title\": \"a house with a garden\", \"price\": 200000}");

    @TempDir
    private Path folder;
    private final List<Notice> notices = new ArrayList<>();

    private Optional<SearchIndex> restore(SearchConfig config) {
        return SearchIndex.restore(folder.resolve("searches"), config, Environment.system().withNotices(notices::add));
    }

    private SearchIndex restored() {
        return restore(SearchConfig.defaults()).orElseThrow(() -> new AssertionError(notices.toString()));
    }

    private void snapshot(SearchIndex index) {
        index.snapshot(folder.resolve("searches"));
    }

    private static List<String> ids(SearchIndex index, Event event) {
        return index.match(event).stream().map(Match::searchId).toList();
    }

    @Test
    void matchesAsBefore() {
        var maker = new PairMaker(SEED);
        List<Event> events = maker.events(20);
        try (SearchIndex index = SearchIndex.open()) {
            PairMaker.declare(index.schema());
            List<Search> searches = maker.queries(500).stream().map(PairMaker.Made::search).toList();
            index.register(searches);
            searches.subList(0, 100).forEach(search -> index.delete(search.id()));
            index.register(Search.of(searches.get(100).id(), "*:*"));
            List<List<Match>> expected = index.match(events, EnumSet.allOf(Detail.class));
            snapshot(index);
            try (SearchIndex again = restored()) {
                assertThat(again.match(events, Set.of())).as("ids, seed %d", SEED)
                        .isEqualTo(expected.stream().map(all -> all.stream().map(match -> Match.of(match.searchId())).toList()).toList());
                assertThat(again.match(events, EnumSet.allOf(Detail.class))).as("seed %d", SEED).isEqualTo(expected);
                assertThat(again.searchIds()).containsExactlyElementsOf(index.searchIds().toList());
                assertThat(again.search(searches.get(300).id())).contains(searches.get(300));
                assertThat(again.schema().fields()).isEqualTo(index.schema().fields());
                assertThat(again.counts().quarantined()).isZero();
            }
        }
        assertThat(notices).isEmpty();
    }

    @Test
    void goesOnWithWhatIsRegisteredReplacedAndDeletedThen() {
        try (SearchIndex index = SearchIndex.open()) {
            index.register(List.of(Search.of("garden", "title:garden"), Search.of("cheap", "price:[* TO 250000]"), Search.of("tower", "title:tower")));
            snapshot(index);
        }
        try (SearchIndex index = restored()) {
            index.register(Search.of("house", "title:house"));
            index.register(Search.of("tower", "title:a"));
            assertThat(index.delete("cheap")).isTrue();
            assertThat(ids(index, GARDEN)).containsExactly("garden", "house", "tower");
            snapshot(index);
        }
        try (SearchIndex index = restored()) {
            assertThat(ids(index, GARDEN)).containsExactly("garden", "house", "tower");
            assertThat(index.counts().searches()).isEqualTo(3);
        }
    }

    @Test
    void keepsATypeThatAQueryHasImplied() {
        try (SearchIndex index = SearchIndex.open()) {
            index.register(Search.of("n", "n:[1 TO 5]"));
            index.schema().close();
            snapshot(index);
        }
        try (SearchIndex index = restored()) {
            assertThat(index.schema().field("n")).map(Field::type).contains(FieldType.LONG);
            assertThat(index.schema().isClosed()).isTrue();
        }
    }

    @Test
    void isOneOfManyLanguages() {
        try (SearchIndex index = SearchIndex.open()) {
            index.register(Search.of("ru", "title:сады").in(Language.RU));
            index.register(Search.of("ja", "title:庭").in(Language.JA));
            snapshot(index);
        }
        try (SearchIndex index = restored()) {
            assertThat(ids(index, Event.json("l", "{\"title\": \"дом с садом\"}"))).containsExactly("ru");
            assertThat(ids(index, Event.json("l", "{\"title\": \"庭のある家\"}"))).containsExactly("ja");
        }
    }

    @Test
    void isNothingWhereThereIsNone() {
        assertThat(restore(SearchConfig.defaults())).isEmpty();
        assertThat(notices).isEmpty();
    }

    @Test
    void isNotUsedUnderOtherTerms() {
        try (SearchIndex index = SearchIndex.open()) {
            index.register(Search.of("garden", "title:garden"));
            snapshot(index);
        }
        assertThat(restore(SearchConfig.defaults().withLanguage(Language.RU))).isEmpty();
        assertThat(restore(SearchConfig.defaults().withMaxSearches(1))).isPresent().get().satisfies(SearchIndex::close);
        assertThat(notices).hasSize(1);
    }

    @Test
    void isNotUsedWhenAnyOfItsFilesIsDamaged() throws IOException {
        try (SearchIndex index = SearchIndex.open()) {
            index.register(IntStream.range(0, 50).mapToObj(i -> Search.of("s" + i, "title:word" + i)).toList());
            snapshot(index);
        }
        var random = new Random(SEED);
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        assertThat(files).hasSizeGreaterThan(2);
        for (Path file : files) {
            byte[] whole = Files.readAllBytes(file);
            for (int round = 0; round < 20; round++) {
                byte[] damaged = whole.clone();
                int at = random.nextInt(whole.length);
                damaged[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, damaged);
                assertThat(restore(SearchConfig.defaults())).as("seed %d: byte %d of %s", SEED, at, file).isEmpty();
            }
            Files.write(file, Arrays.copyOf(whole, whole.length / 2));
            assertThat(restore(SearchConfig.defaults())).as("half of %s", file).isEmpty();
            Files.write(file, whole);
        }
        restored().close();
    }
}
