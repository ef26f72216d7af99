package io.heliograph.zmq;

/** Why a message is none of the own port's. */
public enum MalformedMessage {
    /** Shorter than a header, or than its type is. */
    TOO_SHORT,
    /** It does not begin as these messages do. */
    BAD_MAGIC,
    /** Of another version of the protocol. */
    BAD_VERSION,
    /** Its type is not known, or not one that this side is sent. */
    UNKNOWN_TYPE,
    /** It came in more parts than one. */
    SEVERAL_PARTS,
    /** A text or a list reaches past the end, or is longer than its limit. */
    BAD_LENGTH,
    /** A topic, a filter or a policy that is none. */
    BAD_TEXT,
    /** Positions or counts that contradict each other. */
    BAD_RANGE
}
