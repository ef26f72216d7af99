package io.heliograph.search;

import java.util.Optional;

/**
 * One field of a {@link Schema}.
 *
 * @param name     its path: names of JSON members with dots between them
 * @param type     what its values are
 * @param language how its words are found, for {@link FieldType#TEXT}; empty for the index's own
 * @param origin   where the type comes from
 */
public record Field(String name, FieldType type, Optional<Language> language, Origin origin) {

    /** Where a field's type comes from; a later origin never changes it against an earlier one, but for {@link #SEEN}. */
    public enum Origin {
        /** Somebody set it. */
        DECLARED,
        /** A query's use of it implied it. */
        USED,
        /** A query's use implied it, and an event has confirmed it. */
        CONFIRMED,
        /** Events had it; no query has used it, so the type may still change. */
        SEEN
    }

    /** A field that is declared, in the index's language if it is text. */
    public static Field of(String name, FieldType type) {
        return new Field(name, type, Optional.empty(), Origin.DECLARED);
    }

    /** A declared text field in a language of its own. */
    public static Field text(String name, Language language) {
        return new Field(name, FieldType.TEXT, Optional.of(language), Origin.DECLARED);
    }

    Field from(Origin other) {
        return new Field(name, type, language, other);
    }

    Field as(FieldType other) {
        return new Field(name, other, language, origin);
    }

    boolean isDeclared() {
        return origin == Origin.DECLARED;
    }
}
