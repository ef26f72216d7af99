package io.heliograph.search;

import java.util.List;

/** JSON in memory that knows where it stands. */
sealed interface JsonValue {

    /** Where it begins. */
    Place place();

    /** What it is, for messages. */
    String shown();

    /** A member of an object. */
    record Member(Place place, String name, JsonValue value) {
    }

    /** An object; of members with one name all are kept. */
    record Obj(Place place, List<Member> members) implements JsonValue {
        @Override
        public String shown() {
            return "{";
        }
    }

    /** An array. */
    record Array(Place place, List<JsonValue> values) implements JsonValue {
        @Override
        public String shown() {
            return "[";
        }
    }

    /** A string, number, true, false or null, as text. */
    record Scalar(Place place, String text, Kind kind) implements JsonValue {
        @Override
        public String shown() {
            return text;
        }
    }

    /** What a scalar is. */
    enum Kind {
        STRING,
        NUMBER,
        BOOLEAN,
        NULL
    }
}
