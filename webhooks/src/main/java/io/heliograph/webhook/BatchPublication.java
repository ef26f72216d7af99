package io.heliograph.webhook;

import io.heliograph.PublishResult;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/**
 * What became of several events that were given to an {@link Outbox} together: all of them were taken, or none.
 *
 * @param publications one for each event, in their order
 * @param culprit      which of them was not taken, and with it none; empty if all were
 */
public record BatchPublication(List<Publication> publications, OptionalInt culprit) {

    public BatchPublication {
        publications = List.copyOf(publications);
    }

    static BatchPublication refused(int events, int culprit, Publication why) {
        return new BatchPublication(Collections.nCopies(events, why), OptionalInt.of(culprit));
    }

    /** How all of them ended. */
    public PublishResult result() {
        return culprit.isPresent() ? publications.getFirst().result() : PublishResult.ACCEPTED;
    }
}
