package io.heliograph.alert;

import io.heliograph.ConfigException;
import io.heliograph.TopicFilter;
import io.heliograph.search.Language;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a saved search from JSON. What {@link SpecWriter} adds to it ({@code id}, {@code revision}, {@code created}, {@code changed})
 * may be there. Used once.
 */
final class SpecReader {

    private static final JsonFactory JSON = JsonFactory.builder().build();
    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int MOST_ITEMS = 1_000;

    private final String text;
    private final JsonParser json;
    private Optional<QueryText> query = Optional.empty();
    private String id = "";
    private SearchSpec spec = SearchSpec.of("");

    private SpecReader(String text, JsonParser json) {
        this.text = text;
        this.json = json;
    }

    /**
     * A search and the id that it names, which is empty if it names none.
     *
     * @param id   as it stands there
     * @param spec the search
     */
    record Read(String id, SearchSpec spec) {
    }

    static Read read(String text) {
        if (text.length() > MOST_CHARACTERS) {
            throw new SearchSpecException("", "a search of " + text.length() + " characters: at most " + MOST_CHARACTERS + " are read");
        }
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
            var reader = new SpecReader(text, json);
            json.nextToken();
            reader.object("", reader::member);
            if (json.nextToken() != null) {
                throw new SearchSpecException("", "something follows the search");
            }
            QueryText query = reader.query.orElseThrow(() -> new SearchSpecException("/query", "a search needs a query"));
            return new Read(reader.id, reader.spec.withQuery(query));
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            throw new SearchSpecException("", "not JSON" + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr())
                    + ": " + e.getOriginalMessage());
        }
    }

    private void member(String name) {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        switch (name) {
            case "id" -> id = string("/id");
            case "query" -> query = Optional.of(query("/query"));
            case "topics" -> spec = spec.withTopics(strings("/topics", SpecReader::filter));
            case "deliver" -> spec = spec.withDeliver(strings("/deliver", (pointer, one) -> recipient(pointer, one)));
            case "language" -> spec = spec.withLanguage(at("/language", string("/language"), Language::of));
            case "throttle" -> spec = spec.withThrottle(throttle());
            case "digest" -> spec = spec.withDigest(duration("/digest"));
            case "when" -> spec = spec.withWhen(condition());
            case "mute_until" -> spec = spec.withMuteUntil(moment("/mute_until"));
            case "expires_at" -> spec = spec.withExpiresAt(moment("/expires_at"));
            case "tags" -> spec = spec.withTags(strings("/tags", (pointer, one) -> one));
            case "enabled" -> spec = spec.withState(state());
            case "revision", "created", "changed" -> json.skipChildren();
            default -> throw new SearchSpecException("/" + Shown.text(name), "a search has no '" + Shown.text(name) + "'");
        }
    }

    /** Reads an object, each member once; {@code member} leaves the parser at the last token of the value. */
    private void object(String pointer, Consumer<String> member) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new SearchSpecException(pointer, "an object is needed here");
        }
        Set<String> seen = new HashSet<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            if (!seen.add(name)) {
                throw new SearchSpecException(pointer + "/" + Shown.text(name), "'" + Shown.text(name) + "' is there twice");
            }
            json.nextToken();
            member.accept(name);
        }
    }

    private QueryText query(String pointer) {
        return switch (json.currentToken()) {
            case VALUE_STRING -> QueryText.of(json.getString());
            case START_OBJECT -> {
                int from = (int) json.currentTokenLocation().getCharOffset();
                json.skipChildren();
                yield QueryText.json(text.substring(from, (int) json.currentLocation().getCharOffset()));
            }
            default -> throw new SearchSpecException(pointer, "a query is a string, or an object in the Query DSL");
        };
    }

    private Throttle throttle() {
        var max = new ArrayList<Long>();
        var per = new ArrayList<Duration>();
        object("/throttle", name -> {
            switch (name) {
                case "max" -> max.add(whole("/throttle/max"));
                case "per" -> per.add(duration("/throttle/per"));
                default -> throw new SearchSpecException("/throttle/" + Shown.text(name), "a throttle has max and per");
            }
        });
        if (max.isEmpty() || per.isEmpty()) {
            throw new SearchSpecException("/throttle", "a throttle has max and per, such as {\"max\": 10, \"per\": \"PT1H\"}");
        }
        Bounds.count("/throttle/max", max.getFirst(), 1, Integer.MAX_VALUE);
        return new Throttle(max.getFirst().intValue(), per.getFirst());
    }

    private Condition condition() {
        var shapes = new ArrayList<BiFunction<Duration, Optional<String>, Condition>>();
        var within = new ArrayList<Duration>();
        var by = new ArrayList<String>();
        object("/when", name -> {
            switch (name) {
                case "count" -> {
                    long count = whole("/when/count");
                    Bounds.count("/when/count", count, 2, Integer.MAX_VALUE);
                    shapes.add((time, field) -> new Condition.Count((int) count, time, field));
                }
                case "sequence" -> {
                    List<QueryText> queries = array("/when/sequence", this::query);
                    shapes.add((time, field) -> new Condition.Sequence(queries, time, field));
                }
                case "absent" -> {
                    QueryText absent = query("/when/absent");
                    shapes.add((time, field) -> new Condition.Absent(absent, time, field));
                }
                case "within" -> within.add(duration("/when/within"));
                case "by" -> by.add(string("/when/by"));
                default -> throw new SearchSpecException("/when/" + Shown.text(name), "a condition has no '" + Shown.text(name) + "'");
            }
        });
        if (shapes.size() != 1 || within.isEmpty()) {
            throw new SearchSpecException("/when", "a condition has one of count, sequence and absent, and within");
        }
        return shapes.getFirst().apply(within.getFirst(), by.stream().findFirst());
    }

    private <T> List<T> array(String pointer, Function<String, T> item) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new SearchSpecException(pointer, "an array is needed here");
        }
        var items = new ArrayList<T>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            Bounds.count(pointer, items.size() + 1, 0, MOST_ITEMS);
            items.add(item.apply(pointer + "/" + items.size()));
        }
        return items;
    }

    private <T> List<T> strings(String pointer, BiFunction<String, String, T> reader) {
        return array(pointer, at -> reader.apply(at, string(at)));
    }

    private static TopicFilter filter(String pointer, String filter) {
        return at(pointer, filter, TopicFilter::of);
    }

    private static Recipient recipient(String pointer, String recipient) {
        try {
            return Recipient.parse(recipient);
        } catch (SearchSpecException e) {
            throw new SearchSpecException(pointer, String.valueOf(e.getMessage()));
        }
    }

    private static <T> T at(String pointer, String value, Function<String, T> reader) {
        try {
            return reader.apply(value);
        } catch (ConfigException e) {
            throw new SearchSpecException(pointer, String.valueOf(e.getMessage()));
        }
    }

    private String string(String pointer) {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new SearchSpecException(pointer, "a string is needed here");
        }
        return json.getString();
    }

    private long whole(String pointer) {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getString().length() > 18) {
            throw new SearchSpecException(pointer, "a whole number is needed here");
        }
        return json.getLongValue();
    }

    private SearchSpec.State state() {
        return switch (json.currentToken()) {
            case VALUE_TRUE -> SearchSpec.State.ENABLED;
            case VALUE_FALSE -> SearchSpec.State.DISABLED;
            default -> throw new SearchSpecException("/enabled", "true or false is needed here");
        };
    }

    private Duration duration(String pointer) {
        String value = string(pointer);
        try {
            return Duration.parse(value);
        } catch (DateTimeException e) {
            throw new SearchSpecException(pointer, "'" + Shown.text(value) + "' is no duration as ISO 8601 writes it, such as PT1H");
        }
    }

    private Instant moment(String pointer) {
        String value = string(pointer);
        try {
            return OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeException e) {
            throw new SearchSpecException(pointer, "'" + Shown.text(value) + "' is no moment as RFC 3339 writes it, such as"
                    + " 2027-01-01T08:00:00Z");
        }
    }
}
