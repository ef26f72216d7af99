package io.heliograph.wire;

/** The tags of a full frame's fields, in the order they stand in. */
final class Field {

    static final int ID = 1;
    static final int SOURCE = 2;
    static final int SUBJECT = 3;
    static final int CONTENT_TYPE = 4;
    static final int TIME = 5;
    static final int TTL = 6;
    static final int ATTRIBUTE = 16;

    /** The bytes of a field's tag and length. */
    static final int HEADER_BYTES = 3;

    /** The bytes of a moment: seconds and nanoseconds. */
    static final int TIME_BYTES = 12;

    /** The most bytes that all fields together may take: their length is a {@code u16}. */
    static final int MAX_FIELDS_BYTES = 0xffff;

    /** The types of an attribute's value. */
    static final int BOOL = 1;
    static final int INT = 2;
    static final int TEXT = 3;
    static final int BINARY = 4;
    static final int LINK = 5;
    static final int LINK_REFERENCE = 6;
    static final int TIMESTAMP = 7;

    private Field() {
    }
}
