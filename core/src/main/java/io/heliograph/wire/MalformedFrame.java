package io.heliograph.wire;

/** Why some bytes are no frame. */
public enum MalformedFrame implements Decoded {
    /** Fewer than four bytes are at hand. */
    TRUNCATED_HEADER,
    /** The header announces more bytes than are at hand. */
    TRUNCATED_BODY,
    /** The kind is reserved. */
    UNKNOWN_KIND,
    /** The frame leaves its topic to the context, which has none. */
    NO_TOPIC,
    /** The topic is not within its grammar, or reaches past the frame. */
    BAD_TOPIC,
    /** A field's length reaches past the fields, or is not its type's. */
    BAD_FIELD_LENGTH,
    /** A field's tag is not known. */
    UNKNOWN_FIELD,
    /** A field is out of order, given twice, or holds what the encoder leaves out. */
    FIELD_ORDER,
    /** A text is not UTF-8, empty where it may not be, too long, or holds characters that events may not. */
    BAD_TEXT,
    /** A moment is outside what a clock can show. */
    BAD_TIME,
    /** A time to live is not positive. */
    BAD_TTL,
    /** An attribute's name, type or value is not allowed, or there are too many. */
    BAD_ATTRIBUTE
}
