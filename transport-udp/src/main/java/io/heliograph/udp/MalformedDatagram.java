package io.heliograph.udp;

/** Why a datagram is none of this protocol's; each is counted, and the datagram ignored. */
public enum MalformedDatagram {
    /** Shorter than a header. */
    TOO_SHORT,
    /** Another program's. */
    BAD_MAGIC,
    /** Another version of this protocol. */
    BAD_VERSION,
    /** The length in the header is not the datagram's. */
    BAD_LENGTH,
    /** The checksum does not fit the bytes. */
    BAD_CHECKSUM,
    /** The type is reserved, or not for this side. */
    UNKNOWN_TYPE,
    /** A sequence is beyond what any session can reach. */
    BAD_SEQUENCE,
    /** The topic is not within its grammar, or reaches past the datagram. */
    BAD_TOPIC,
    /** The frames do not stand behind one another up to the end or to zeros, or are not as many as the header says. */
    BAD_TILING,
    /** A part of an event that reaches past the event, or none. */
    BAD_FRAGMENT,
    /** A heartbeat whose policy does not end where it does, or whose trail is beyond what any session can reach. */
    BAD_HEARTBEAT,
    /** A status whose name does not end where it does. */
    BAD_STATUS,
    /** A request for repair with no range, half a range or too many. */
    BAD_NAK,
    /** A cookie that is too short or too long. */
    BAD_COOKIE,
    /** A notice of loss that is too short or too long, that is of no datagram, or reaches beyond what any session can. */
    BAD_LOST,
    /** It is sealed, and there is no key here. */
    NO_KEY,
    /** It is not sealed, where a key says that all are. */
    UNSEALED,
    /** It is sealed and not proven: made up, altered, or sealed with another key. */
    FORGED,
    /** It is sealed, and its number has come before or is too old to tell. */
    REPLAYED
}
