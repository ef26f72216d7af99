package io.heliograph.alert;

import io.heliograph.search.QueryException;
import java.util.Optional;

/** A saved search that cannot be used: the message says what is wrong, which value, and what is allowed. */
public final class SearchSpecException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String pointer;

    /** @param pointer the place of what is wrong, as a JSON pointer into the search */
    public SearchSpecException(String pointer, String message) {
        super(message);
        this.pointer = pointer;
    }

    /** @param pointer the place of a query beside the search's own that cannot be used */
    SearchSpecException(String pointer, QueryException query) {
        super(query.getMessage(), query);
        this.pointer = pointer;
    }

    /** The place of what is wrong, as a JSON pointer into the search; empty where it is the whole. */
    public String pointer() {
        return pointer;
    }

    /** What is wrong with the query there, if it is one. */
    public Optional<QueryException> query() {
        return getCause() instanceof QueryException query ? Optional.of(query) : Optional.empty();
    }
}
