package io.heliograph.search;

/** What became of one search of a batch. */
public sealed interface Registration {

    /** The search's id. */
    String searchId();

    /** It is registered. */
    record Done(String searchId) implements Registration {
    }

    /** It is not; the others of its batch are. */
    record Refused(String searchId, QueryException reason) implements Registration {
    }
}
