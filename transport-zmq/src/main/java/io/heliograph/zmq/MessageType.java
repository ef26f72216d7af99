package io.heliograph.zmq;

import java.util.Optional;

/** What a message between own peers is; {@code docs/zmq.md} draws them all. */
enum MessageType {
    /** Either way, as soon as a connection stands: here is a peer of this library. */
    KNOCK(0),
    /** To the publisher: who listens, to what, from where. */
    HELLO(1),
    /** To the subscriber: where it begins. */
    WELCOME(2),
    /** To the subscriber: events, and words of those that it does not get. */
    DATA(3),
    /** To the subscriber, in the order of the events: the policy and the filters from here on; also a heartbeat. */
    STATE(4),
    /** To the publisher: how far all is taken, and how many events more may come. */
    CREDIT(5),
    /** To the subscriber: the session ends here. */
    END(6),
    /** To the publisher: this subscriber is gone. */
    LEAVE(7),
    /** To the subscriber: you are not known here, say hello. */
    WHO(8),
    /** Never on the wire: ZeroMQ puts it in a peer's place when its connection is lost. */
    LOST(255);

    private static final MessageType[] BY_CODE = new MessageType[256];

    static {
        for (MessageType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    final int code;

    MessageType(int code) {
        this.code = code;
    }

    static Optional<MessageType> of(int code) {
        return Optional.ofNullable(BY_CODE[code]);
    }
}
