package io.heliograph.search;

import java.util.Optional;

/** A query that cannot be used: the message says what is wrong, where, and what is allowed. */
public final class QueryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN_CHARACTERS = 40;

    private final int line;
    private final int column;
    private final String token;
    private final String suggestion;

    QueryException(Place place, String token, String message) {
        this(place, token, message, Optional.empty());
    }

    QueryException(Place place, String token, String message, Optional<String> suggestion) {
        super(message + suggestion.map(other -> "; did you mean '" + other + "'?").orElse("")
                + " (line " + place.line() + ", column " + place.column() + ")");
        this.line = place.line();
        this.column = place.column();
        this.token = shown(token);
        this.suggestion = suggestion.orElse("");
    }

    /** The line of what is wrong, from 1. */
    public int line() {
        return line;
    }

    /** The column of what is wrong, from 1, in UTF-16 units. */
    public int column() {
        return column;
    }

    /** The first {@value #SHOWN_CHARACTERS} characters of what is wrong; empty at the end of the query. */
    public String token() {
        return token;
    }

    /** What was perhaps meant. */
    public Optional<String> suggestion() {
        return suggestion.isEmpty() ? Optional.empty() : Optional.of(suggestion);
    }

    static String shown(String text) {
        String oneLine = text.codePoints()
                .limit(SHOWN_CHARACTERS)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return oneLine.length() < text.length() ? oneLine + "..." : oneLine;
    }
}
