package io.heliograph.zmq;

import java.util.Optional;

/** What a message between a requester and a responder is; {@code docs/zmq.md} draws them all. */
enum RequestMessageType {
    /** To the responder, as soon as a connection stands; as between any own peers. */
    KNOCK(MessageType.KNOCK.code),
    /** To the responder: this requester is gone. */
    LEAVE(MessageType.LEAVE.code),
    /** To the requester, as soon as a connection stands: here requests are answered. */
    READY(24),
    /** To the responder: a request. */
    REQUEST(25),
    /** To the requester: the answer to a request. */
    ANSWER(26),
    /** To the requester: why there is no answer to a request. */
    FAILURE(27),
    /** To the responder: nobody waits for this answer any more. */
    CANCEL(28),
    /** To the requester: no further request is answered here. */
    BYE(29),
    /** Never on the wire: ZeroMQ puts it in a peer's place when its connection is lost. */
    LOST(MessageType.LOST.code);

    private static final RequestMessageType[] BY_CODE = new RequestMessageType[256];

    static {
        for (RequestMessageType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    final int code;

    RequestMessageType(int code) {
        this.code = code;
    }

    static Optional<RequestMessageType> of(int code) {
        return Optional.ofNullable(BY_CODE[code & 0xff]);
    }
}
