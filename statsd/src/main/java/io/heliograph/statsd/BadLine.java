package io.heliograph.statsd;

import java.util.Locale;

/** Why a line is no metric. Each bad line is counted once, under the first fault found in it. */
public enum BadLine {
    /** Nothing stands before the colon. */
    NO_NAME,
    /** The name has more bytes than the server's {@code maxNameBytes}. */
    NAME_TOO_LONG,
    /** The name begins with {@link GeneratorSequence#NAME_PREFIX}, and the line is not a datagram's numbered first. */
    RESERVED_NAME,
    /** There is no colon, or nothing after it. */
    NO_VALUE,
    /** A value is not a plain decimal number, or its magnitude is above {@link StatsdParser#MAX_MAGNITUDE}. */
    BAD_VALUE,
    /** An element of a set has more than {@link StatsdParser#MAX_ELEMENT_BYTES} bytes. */
    ELEMENT_TOO_LONG,
    /** There is no bar after the value, or nothing after the bar. */
    NO_TYPE,
    /** The type is none of {@code c g ms h d s}. */
    UNKNOWN_TYPE,
    /** The sample rate is no number from {@link StatsdParser#MIN_SAMPLE_RATE} to 1. */
    BAD_RATE,
    /** There are more than {@link StatsdParser#MAX_TAGS} tags. */
    TOO_MANY_TAGS,
    /** The tags together have more than {@link StatsdParser#MAX_TAG_BYTES} bytes. */
    TAGS_TOO_LONG,
    /** A field after the type is neither rate, tags nor an extension. */
    UNKNOWN_FIELD,
    /** The name or the tags are not UTF-8. */
    NOT_UTF8,
    /** The name or the tags hold control characters, or code points that Unicode keeps from texts. */
    CONTROL_CHARACTER,
    /** A DogStatsD event or service check, which is no metric. */
    NOT_A_METRIC;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word for it in listings. */
    public String label() {
        return label;
    }
}
