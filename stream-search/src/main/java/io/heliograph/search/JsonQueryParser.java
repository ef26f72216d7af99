package io.heliograph.search;

import io.heliograph.search.Clause.Needs;
import io.heliograph.search.Clause.Occur;
import io.heliograph.search.Clause.Part;
import io.heliograph.search.JsonValue.Array;
import io.heliograph.search.JsonValue.Member;
import io.heliograph.search.JsonValue.Obj;
import io.heliograph.search.JsonValue.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads a subset of Elasticsearch's Query DSL: bool, match, match_phrase, match_all, term, terms, range, prefix, wildcard, exists,
 * geo_distance, geo_bounding_box, each with {@code _name} and {@code boost}. What it doesn't know it refuses. Used once.
 */
final class JsonQueryParser {

    private static final String KINDS = "bool, match, match_phrase, match_all, term, terms, range, prefix, wildcard, exists,"
            + " geo_distance, geo_bounding_box";

    private final Budget budget;

    private JsonQueryParser(QueryLimits limits) {
        this.budget = new Budget(limits);
    }

    /**
     * Reads a query.
     *
     * @throws QueryException if it is none, or exceeds a limit
     */
    static Clause parse(String json, QueryLimits limits) {
        JsonValue tree = JsonTree.read(json, limits);
        var parser = new JsonQueryParser(limits);
        Obj root = object(tree, "a query is an object such as {\"match\": {\"title\": \"garden\"}}");
        // A whole request, as the percolator takes it.
        boolean isWrapped = root.members().size() == 1 && root.members().getFirst().name().equals("query");
        return parser.clause(isWrapped ? root.members().getFirst().value() : root);
    }

    private Clause clause(JsonValue value) {
        Obj object = object(value, "a query is an object such as {\"match\": {\"title\": \"garden\"}}");
        if (object.members().size() != 1) {
            throw error(object, "a query object has one member, one of " + KINDS);
        }
        Member kind = object.members().getFirst();
        return switch (kind.name()) {
            case "bool" -> bool(kind);
            case "match_all" -> named(members(kind), new Clause.All(kind.place(), "match_all"));
            case "match" -> onField(kind, "query", this::match);
            case "match_phrase" -> onField(kind, "query", this::phrase);
            case "term" -> onField(kind, "value", this::term);
            case "terms" -> terms(kind);
            case "prefix" -> onField(kind, "value", this::prefix);
            case "wildcard" -> onField(kind, "value", this::wildcard);
            case "range" -> onField(kind, "gte", this::range);
            case "exists" -> exists(kind);
            case "geo_distance" -> JsonGeo.distance(kind, members(kind), budget);
            case "geo_bounding_box" -> JsonGeo.box(kind, members(kind), budget);
            default -> throw new QueryException(kind.place(), kind.name(), "this kind of query is not known; allowed are " + KINDS,
                    Nearest.to(kind.name(), List.of(KINDS.split(", *"))));
        };
    }

    private Clause bool(Member kind) {
        JsonMembers members = members(kind);
        var parts = new ArrayList<Part>();
        add(parts, Occur.MUST, members.take("must"));
        add(parts, Occur.MUST, members.take("filter"));
        add(parts, Occur.SHOULD, members.take("should"));
        add(parts, Occur.MUST_NOT, members.take("must_not"));
        int should = (int) parts.stream().filter(part -> part.occur() == Occur.SHOULD).count();
        int minimum = members.take("minimum_should_match").map(value -> minimum(value, should)).orElse(0);
        if (parts.isEmpty()) {
            return named(members, new Clause.All(kind.place(), "bool"));
        }
        return named(members, new Clause.Bool(kind.place(), "bool", List.copyOf(parts), minimum));
    }

    private void add(List<Part> parts, Occur occur, Optional<JsonValue> value) {
        value.ifPresent(given -> {
            List<JsonValue> clauses = given instanceof Array(Place place, List<JsonValue> values) ? values : List.of(given);
            clauses.forEach(clause -> parts.add(new Part(occur, clause(clause))));
        });
    }

    /** How many of the should clauses: a number, from the end if negative, or a share such as 75%. */
    private static int minimum(JsonValue value, int should) {
        String text = scalar(value, "minimum_should_match is a number or a share").text();
        if (!text.matches("-?[0-9]{1,4}%?")) {
            throw error(value, "minimum_should_match is such as 2, -1 or 75%");
        }
        boolean isShare = text.endsWith("%");
        int number = Integer.parseInt(isShare ? text.substring(0, text.length() - 1) : text);
        int counted = isShare ? should * number / 100 : number;
        int minimum = counted < 0 ? should + counted : counted;
        return Math.clamp(minimum, 0, should);
    }

    /** A query on one field, written {@code {"title": "garden"}} or {@code {"title": {"query": "garden", ...}}}. */
    private Clause onField(Member kind, String main, Function<OnField, Clause> reader) {
        JsonMembers members = members(kind);
        Optional<JsonValue> name = members.take("_name");
        Optional<JsonValue> boost = members.take("boost");
        Member field = members.only(kind.name() + " has one field");
        JsonMembers settings = field.value() instanceof Obj object
                ? new JsonMembers(object, kind.name())
                : JsonMembers.of(main, field);
        var on = new OnField(kind, field.name(), field.place(), settings);
        budget.clause(on.place(), on.source());
        Clause clause = reader.apply(on);
        return JsonMembers.named(clause, name, boost, settings);
    }

    /** One field's query while it is read. */
    private record OnField(Member kind, String field, Place place, JsonMembers settings) {

        String source() {
            return kind.name() + " " + field;
        }

        Scalar main(String name) {
            return scalar(settings.need(name), "'" + name + "' is a text, a number, true or false");
        }

        String sourceOf(String text) {
            return source() + ": " + QueryException.shown(text);
        }
    }

    private Clause match(OnField on) {
        Scalar text = term(on.main("query"));
        String operator = on.settings().takeText("operator").orElse("or");
        Needs needs = switch (operator) {
            case "or", "OR" -> Needs.ANY;
            case "and", "AND" -> Needs.ALL;
            default -> throw new QueryException(on.place(), operator, "operator is 'or' or 'and'");
        };
        return new Clause.Words(on.place(), on.sourceOf(text.text()), on.field(), text.text(), needs, 0);
    }

    private Clause phrase(OnField on) {
        Scalar text = term(on.main("query"));
        String slop = on.settings().takeText("slop").orElse("0");
        if (!slop.matches("[0-9]{1,6}") || Integer.parseInt(slop) > budget.limits().maxSlop()) {
            throw new QueryException(on.place(), slop, "slop is 0 to " + budget.limits().maxSlop() + " (maxSlop)");
        }
        return new Clause.Words(on.place(), on.sourceOf(text.text()), on.field(), text.text(), Needs.PHRASE, Integer.parseInt(slop));
    }

    private Clause term(OnField on) {
        Scalar text = term(on.main("value"));
        return new Clause.Exact(on.place(), on.sourceOf(text.text()), on.field(), text.text());
    }

    private Clause terms(Member kind) {
        JsonMembers members = members(kind);
        Optional<JsonValue> name = members.take("_name");
        Optional<JsonValue> boost = members.take("boost");
        Member field = members.only("terms has one field");
        if (!(field.value() instanceof Array(Place place, List<JsonValue> values)) || values.isEmpty()) {
            throw error(field.value(), "terms takes a field with an array of values");
        }
        var parts = new ArrayList<Part>();
        for (JsonValue value : values) {
            Scalar text = term(scalar(value, "terms takes texts, numbers, true and false"));
            String source = "terms " + field.name() + ": " + QueryException.shown(text.text());
            budget.clause(text.place(), source);
            parts.add(new Part(Occur.SHOULD, new Clause.Exact(text.place(), source, field.name(), text.text())));
        }
        var any = new Clause.Bool(kind.place(), "terms " + field.name(), List.copyOf(parts), 0);
        return JsonMembers.named(any, name, boost, members);
    }

    private Clause prefix(OnField on) {
        Scalar text = term(on.main("value"));
        budget.pattern(text.place(), text.text());
        return new Clause.Prefix(on.place(), on.sourceOf(text.text()), on.field(), text.text());
    }

    private Clause wildcard(OnField on) {
        on.settings().renamed("wildcard", "value");
        Scalar text = term(on.main("value"));
        if (!Words.hasWildcard(text.text())) {
            return new Clause.Exact(on.place(), on.sourceOf(text.text()), on.field(), Words.unescape(text.text()));
        }
        budget.wildcard(text.place(), text.text());
        return new Clause.Wildcard(on.place(), on.sourceOf(text.text()), on.field(), text.text());
    }

    private Clause range(OnField on) {
        Optional<Clause.Bound> low = bound(on, "gte", true).or(() -> bound(on, "gt", false)).or(() -> bound(on, "from", true));
        Optional<Clause.Bound> high = bound(on, "lte", true).or(() -> bound(on, "lt", false)).or(() -> bound(on, "to", true));
        if (low.isEmpty() && high.isEmpty()) {
            throw new QueryException(on.place(), on.field(), "range takes gte, gt, lte or lt");
        }
        on.settings().take("format");
        on.settings().take("time_zone").ifPresent(zone -> {
            throw error(zone, "time_zone is not known here; put the offset into the date");
        });
        var none = new Clause.Bound(on.place(), "*", true);
        return new Clause.Range(on.place(), on.source(), on.field(), low.orElse(none), high.orElse(none));
    }

    private Optional<Clause.Bound> bound(OnField on, String name, boolean isInclusive) {
        return on.settings().take(name)
                .map(value -> term(scalar(value, "a bound is a number, a date or a text")))
                .filter(scalar -> scalar.kind() != JsonValue.Kind.NULL)
                .map(scalar -> new Clause.Bound(scalar.place(), scalar.text(), isInclusive));
    }

    private Clause exists(Member kind) {
        JsonMembers members = members(kind);
        Scalar field = scalar(members.need("field"), "exists takes {\"field\": \"NAME\"}");
        budget.clause(kind.place(), "exists");
        return named(members, new Clause.Exists(field.place(), "exists " + field.text(), field.text()));
    }

    private Scalar term(Scalar scalar) {
        budget.term(scalar.place(), scalar.text());
        return scalar;
    }

    private static JsonMembers members(Member kind) {
        return new JsonMembers(object(kind.value(), kind.name() + " takes an object"), kind.name());
    }

    private static Clause named(JsonMembers members, Clause clause) {
        return JsonMembers.named(clause, members.take("_name"), members.take("boost"), members);
    }

    static Obj object(JsonValue value, String allowed) {
        if (value instanceof Obj object) {
            return object;
        }
        throw error(value, allowed);
    }

    static Scalar scalar(JsonValue value, String allowed) {
        if (value instanceof Scalar scalar) {
            return scalar;
        }
        throw error(value, allowed);
    }

    static QueryException error(JsonValue value, String message) {
        return new QueryException(value.place(), value.shown(), message);
    }
}
