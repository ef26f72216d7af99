package io.heliograph.search;

/** What a field's values are. Declared by whoever sets a {@link Schema}, else inferred. */
public enum FieldType {
    /** Words, found in any form that the field's {@link Language} knows. */
    TEXT,
    /** Text that is compared as a whole, letter by letter. */
    KEYWORD,
    /** Whole numbers. */
    LONG,
    /** Numbers. */
    DOUBLE,
    /** True or false. */
    BOOLEAN,
    /** Moments: ISO 8601, or milliseconds since 1970. */
    DATE,
    /** Places on earth: {@code {"lat": 52.5, "lon": 13.4}}, {@code "52.5,13.4"}, {@code [13.4, 52.5]} or a GeoJSON point. */
    GEO_POINT
}
