package io.heliograph.search;

import io.heliograph.search.JsonValue.Member;
import io.heliograph.search.JsonValue.Obj;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An object's members while they are taken out one by one; what is left at the end is not known. Confined to one parser. */
final class JsonMembers {

    private final Place place;
    private final String kind;
    private final Map<String, Member> left = new LinkedHashMap<>();

    JsonMembers(Obj object, String kind) {
        this(object.place(), kind, object.members());
    }

    private JsonMembers(Place place, String kind, List<Member> members) {
        this.place = place;
        this.kind = kind;
        for (Member member : members) {
            if (left.put(member.name(), member) != null) {
                throw new QueryException(member.place(), member.name(), "'" + member.name() + "' stands twice in " + kind);
            }
        }
    }

    /** As if the value stood in an object by the name. */
    static JsonMembers of(String name, Member field) {
        return new JsonMembers(field.place(), field.name(), List.of(new Member(field.place(), name, field.value())));
    }

    Optional<JsonValue> take(String name) {
        return Optional.ofNullable(left.remove(name)).map(Member::value);
    }

    Optional<String> takeText(String name) {
        return take(name).map(value -> JsonQueryParser.scalar(value, "'" + name + "' is a text or a number").text());
    }

    JsonValue need(String name) {
        return take(name).orElseThrow(() -> new QueryException(place, kind, kind + " needs '" + name + "'"));
    }

    /** The only member that is left. */
    Member only(String allowed) {
        if (left.size() != 1) {
            throw new QueryException(place, kind, allowed);
        }
        Member only = left.values().iterator().next();
        left.clear();
        return only;
    }

    void renamed(String from, String to) {
        Member member = left.remove(from);
        if (member != null) {
            left.put(to, member);
        }
    }

    private void requireNoneLeft() {
        left.values().stream().findFirst().ifPresent(member -> {
            throw new QueryException(member.place(), member.name(), "'" + member.name() + "' is not known in " + kind);
        });
    }

    /** The clause with the name and the weight that stand beside its field, or among the field's settings. */
    static Clause named(Clause clause, Optional<JsonValue> name, Optional<JsonValue> boost, JsonMembers settings) {
        Optional<JsonValue> ownName = name.or(() -> settings.take("_name"));
        Optional<JsonValue> ownBoost = boost.or(() -> settings.take("boost"));
        settings.requireNoneLeft();
        Clause weighed = ownBoost.map(value -> (Clause) new Clause.Boost(clause, factor(value))).orElse(clause);
        return ownName.map(value -> JsonQueryParser.scalar(value, "_name is a text").text())
                .map(text -> (Clause) new Clause.Named(weighed, text)).orElse(weighed);
    }

    private static float factor(JsonValue value) {
        double factor = GeoText.number(JsonQueryParser.scalar(value, "boost is a number").text()).orElse(-1.0);
        if (factor < 0 || factor > 1000) {
            throw JsonQueryParser.error(value, "boost is a number from 0 to 1000");
        }
        return (float) factor;
    }
}
