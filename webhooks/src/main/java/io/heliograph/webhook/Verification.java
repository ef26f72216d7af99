package io.heliograph.webhook;

import java.time.Instant;

/** What a {@link WebhookVerifier} says of a request. */
public sealed interface Verification {

    /**
     * It comes from whoever holds the key, and is fresh. A later attempt at the same message has the same id and another
     * time: a service that must not act twice remembers ids.
     */
    record Verified(MessageId id, Instant attempt) implements Verification {
    }

    /**
     * It must not be acted on; answer 400, or 409 if it is {@link Refusal#REPLAYED}.
     *
     * @param detail what was found, without anything of a signature or a key
     */
    record Refused(Refusal reason, String detail) implements Verification {
    }

    /** Why a request was refused. */
    enum Refusal {
        /** One of the three fields is missing, or there more than once. */
        MISSING_HEADER,
        /** The id is no {@link MessageId}. */
        BAD_ID,
        /** The timestamp is no number of seconds. */
        BAD_TIMESTAMP,
        /** It was signed too long ago: an old request sent again, or clocks that differ. */
        TOO_OLD,
        /** It was signed in the future: clocks that differ. */
        TOO_NEW,
        /** None of the signatures is one of these keys' over this body. */
        NO_MATCH,
        /** This very attempt was verified before. */
        REPLAYED
    }
}
