package io.heliograph.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.search.Field.Origin;
import io.heliograph.spi.Environment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchemaTest {

    private final SearchIndex searches = SearchIndex.open();

    @AfterEach
    void close() {
        searches.close();
    }

    private Field field(String name) {
        return searches.schema().field(name).orElseThrow(() -> new AssertionError("no field " + name));
    }

    private void register(String query) {
        searches.register(Search.of(query, query));
    }

    private boolean matches(String id, String json) {
        return searches.match(Event.json("e", json)).stream().anyMatch(match -> match.searchId().equals(id));
    }

    @Test
    void infersTypesFromUseAndLetsTheFirstEventConfirmThem() {
        register("title:garden AND price:[1 TO 5] AND share:[0.5 TO 1] AND built:[2026-01-01 TO now] AND at:distance(1,2,3km)");
        assertThat(field("title").type()).isEqualTo(FieldType.TEXT);
        assertThat(field("price").type()).isEqualTo(FieldType.LONG);
        assertThat(field("share").type()).isEqualTo(FieldType.DOUBLE);
        assertThat(field("built").type()).isEqualTo(FieldType.DATE);
        assertThat(field("at").type()).isEqualTo(FieldType.GEO_POINT);
        assertThat(field("price").origin()).isEqualTo(Origin.USED);
        searches.match(Event.json("e", "{\"price\": \"dear\"}"));
        assertThat(field("price").origin()).isEqualTo(Origin.USED);
        assertThat(searches.counts().conflicts()).isOne();
        searches.match(Event.json("e", "{\"price\": 3}"));
        assertThat(field("price").origin()).isEqualTo(Origin.CONFIRMED);
    }

    @Test
    void infersTypesFromEventsUntilAQueryUsesThem() {
        searches.match(Event.json("e", "{\"a\": 1, \"b\": \"x\", \"c\": true, \"d\": \"2026-01-31\", \"e\": {\"f\": [1, 2.5]}}"));
        assertThat(field("a")).isEqualTo(new Field("a", FieldType.LONG, java.util.Optional.empty(), Origin.SEEN));
        assertThat(field("b").type()).isEqualTo(FieldType.TEXT);
        assertThat(field("c").type()).isEqualTo(FieldType.BOOLEAN);
        assertThat(field("d").type()).isEqualTo(FieldType.DATE);
        assertThat(field("e.f").type()).isEqualTo(FieldType.DOUBLE);
        searches.match(Event.json("e", "{\"a\": 1.5}"));
        assertThat(field("a").type()).isEqualTo(FieldType.DOUBLE);
        searches.match(Event.json("e", "{\"a\": \"x\"}"));
        assertThat(field("a").type()).isEqualTo(FieldType.TEXT);
        register("c:true");
        assertThat(field("c").origin()).isEqualTo(Origin.CONFIRMED);
        searches.match(Event.json("e", "{\"c\": \"perhaps\"}"));
        assertThat(field("c").type()).isEqualTo(FieldType.BOOLEAN);
    }

    @Test
    void learnsNothingFromAQueryThatIsRefused() {
        assertThatThrownBy(() -> register("fresh:garden AND price:[1 TO")).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> register("fresh:garden AND topic:[1 TO 2] AND subject:distance(1,2,3)")).isInstanceOf(QueryException.class);
        assertThat(searches.schema().field("fresh")).isEmpty();
    }

    @Test
    void suggestsAFieldThatEventsHave() {
        searches.match(Event.json("e", "{\"title\": \"x\", \"price\": 1}"));
        assertThatThrownBy(() -> register("titel:garden")).isInstanceOfSatisfying(QueryException.class, told -> {
            assertThat(told.suggestion()).contains("title");
            assertThat(told).hasMessageContaining("did you mean 'title'");
            assertThat(told.token()).isEqualTo("titel");
        });
        register("rooms:[1 TO 2]");
        register("title:garden");
    }

    @Test
    void takesAnyNameWhereNoEventHasBeenSeen() {
        register("date:[2026-01-01 TO now] AND topics:garden AND titel:x AND title:y");
        assertThat(field("date").type()).isEqualTo(FieldType.DATE);
    }

    @Test
    void takesOnlyDeclaredFieldsOnceClosed() {
        searches.schema().declare(Field.text("title", Language.EN));
        searches.schema().declare(Field.of("price", FieldType.LONG));
        searches.schema().close();
        register("title:gardens AND price:[1 TO 2]");
        assertThatThrownBy(() -> register("rooms:1")).isInstanceOf(QueryException.class).hasMessageContaining("no field 'rooms'");
        assertThatThrownBy(() -> register("prize:[1 TO 2]")).isInstanceOf(QueryException.class).hasMessageContaining("'price'");
        assertThat(matches("title:gardens AND price:[1 TO 2]", "{\"title\": \"a garden\", \"price\": 2, \"rooms\": 3}")).isTrue();
        assertThat(searches.schema().field("rooms")).isEmpty();
    }

    @Test
    void keepsWhatQueriesUseAndForgetsWhatOnlyEventsHadOnceClosed() {
        register("title:garden");
        assertThat(matches("title:garden", "{\"title\": \"a garden\", \"rooms\": 3}")).isTrue();
        assertThat(field("rooms").origin()).isEqualTo(Origin.SEEN);

        searches.schema().close();

        assertThat(searches.schema().isClosed()).isTrue();
        assertThat(searches.schema().field("rooms")).isEmpty();
        assertThatThrownBy(() -> register("rooms:3")).isInstanceOf(QueryException.class).hasMessageContaining("the schema is closed");
        assertThat(matches("title:garden", "{\"title\": \"a garden\", \"rooms\": 3}")).isTrue();
        assertThat(searches.schema().field("rooms")).isEmpty();
        searches.schema().declare(Field.of("floor", FieldType.LONG));
        register("floor:3");

        searches.schema().reopen();

        assertThat(searches.schema().isClosed()).isFalse();
        assertThat(matches("title:garden", "{\"title\": \"a garden\", \"rooms\": 3}")).isTrue();
        assertThat(field("rooms").origin()).isEqualTo(Origin.SEEN);
        register("rooms:3");
    }

    @Test
    void takesNoFieldOfAQueryThatWasReadBeforeItWasClosed() {
        Schema schema = searches.schema();
        var draft = new SchemaDraft(schema);
        draft.field(new Place(1, 1), "rooms", FieldType.LONG, type -> true);

        schema.close();

        assertThat(draft.commit()).isFalse();
        assertThat(schema.field("rooms")).isEmpty();
    }

    @Test
    void refusesWhatADeclaredTypeCannotBeAskedFor() {
        searches.schema().declare(Field.of("title", FieldType.TEXT));
        searches.schema().declare(Field.of("price", FieldType.LONG));
        searches.schema().declare(Field.of("ok", FieldType.BOOLEAN));
        assertThatThrownBy(() -> register("title:[1 TO 2]")).isInstanceOf(QueryException.class).hasMessageContaining("is text");
        assertThatThrownBy(() -> register("price:cheap")).isInstanceOf(QueryException.class).hasMessageContaining("a number");
        assertThatThrownBy(() -> register("price:1*")).isInstanceOf(QueryException.class).hasMessageContaining("is long");
        assertThatThrownBy(() -> register("ok:perhaps")).isInstanceOf(QueryException.class).hasMessageContaining("true or false");
        assertThatThrownBy(() -> register("ok:distance(1,2,3m)")).isInstanceOf(QueryException.class);
    }

    @Test
    void keepsATypeThatQueriesUse() {
        register("price:[1 TO 5]");
        assertThatThrownBy(() -> searches.schema().declare(Field.of("price", FieldType.TEXT))).isInstanceOf(ConfigException.class);
        searches.schema().declare(Field.of("price", FieldType.LONG));
        assertThat(field("price").origin()).isEqualTo(Origin.DECLARED);
    }

    @Test
    void findsFractionsByARangeOfWholeNumbersUnlessLongIsDeclared() {
        register("price:[1 TO 5]");
        assertThat(matches("price:[1 TO 5]", "{\"price\": 4.5}")).isTrue();
        assertThat(matches("price:[1 TO 5]", "{\"price\": 5.5}")).isFalse();
    }

    @Test
    void findsNumbersInAFieldThatAWordHasMadeText() {
        register("rooms:3");
        register("rooms:[2 TO 4]");
        assertThat(matches("rooms:3", "{\"rooms\": 3}")).isTrue();
        assertThat(matches("rooms:[2 TO 4]", "{\"rooms\": 3}")).isTrue();
        assertThat(matches("rooms:[2 TO 4]", "{\"rooms\": \"5\"}")).isFalse();
    }

    @Test
    void holdsNoMoreFieldsThanItMay() {
        try (SearchIndex small = SearchIndex.open(SearchConfig.defaults().withMaxFields(3), Environment.system())) {
            small.match(Event.json("e", "{\"a\": 1, \"b\": 1, \"c\": 1, \"d\": 1, \"e\": 1}"));
            assertThat(small.schema().fields()).hasSize(6 + 3);
            assertThat(small.counts().fieldsIgnored()).isEqualTo(2);
            assertThatThrownBy(() -> small.register(Search.of("s", "unseen:1"))).isInstanceOf(QueryException.class).hasMessageContaining("maxFields");
        }
    }

    @Test
    void readsTheEventsOwnFieldsBesideMembersOfTheSameName() {
        register("topic:orders.new");
        register("data.topic:orders");
        register("attributes.tenant:blue");
        register("attributes.level:[3 TO *]");
        Event event = Event.builder("orders.new").attribute("tenant", new io.heliograph.AttributeValue.Text("blue"))
                .attribute("level", new io.heliograph.AttributeValue.Int(4))
                .data("{\"topic\": \"about orders\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8), "application/json").build();
        assertThat(searches.match(event)).extracting(Match::searchId)
                .containsExactly("attributes.level:[3 TO *]", "attributes.tenant:blue", "data.topic:orders", "topic:orders.new");
    }

    @Test
    void bearsOtherUsesOfAFieldThatItTookOverAsImplied() {
        Field implied;
        try (SearchIndex first = SearchIndex.open()) {
            first.register(Search.of("word", "n:word"));
            implied = first.schema().field("n").orElseThrow();
        }
        try (SearchIndex next = SearchIndex.open()) {
            next.schema().restore(implied);
            next.register(Search.of("range", "n:[1 TO 5]"));
            assertThat(next.match(Event.json("t", "{\"n\": 2.5}"))).containsExactly(Match.of("range"));
            next.schema().restore(Field.of("n", FieldType.TEXT));
            assertThatThrownBy(() -> next.register(Search.of("other", "n:[1 TO 5]"))).isInstanceOf(QueryException.class);
            next.schema().restore(implied);
            assertThat(next.schema().field("n")).as("what is declared stays so").contains(Field.of("n", FieldType.TEXT));
            assertThatThrownBy(() -> next.schema().restore(Field.of("n", FieldType.LONG).from(Field.Origin.USED)))
                    .isInstanceOf(ConfigException.class).hasMessageContaining("TEXT");
        }
    }

    @Test
    void learnsNothingOfAQueryThatIsOnlyTried() {
        try (SearchIndex index = SearchIndex.open()) {
            index.test(Search.of("trial", "nobody:knows"), Event.json("t", "{}"));
            assertThat(index.schema().field("nobody")).isEmpty();
            index.check(Search.of("kept", "nobody:knows"));
            assertThat(index.schema().field("nobody")).map(Field::type).contains(FieldType.TEXT);
            assertThat(index.searchIds()).isEmpty();
        }
    }
}
