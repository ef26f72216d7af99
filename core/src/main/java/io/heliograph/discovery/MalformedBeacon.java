package io.heliograph.discovery;

/** Why a datagram is no beacon. */
public enum MalformedBeacon implements DecodedBeacon {
    /** Shorter than the shortest beacon. */
    TOO_SHORT,
    /** Longer than the longest. */
    TOO_LONG,
    /** It begins with something else. */
    FOREIGN,
    /** A later version's. */
    UNKNOWN_VERSION,
    /** It expires later than any may, or is a goodbye that lists something. */
    BAD_EXPIRY,
    /** The name is none, or reaches past the end. */
    BAD_NAME,
    /** An address is none or reaches past the end, or there are none or too many. */
    BAD_ADDRESS,
    /** A topic is none or reaches past the end, or there are too many. */
    BAD_TOPIC,
    /** Something follows the last field. */
    TRAILING_BYTES
}
