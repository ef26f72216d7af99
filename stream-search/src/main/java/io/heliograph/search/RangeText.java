package io.heliograph.search;

/** Reads {@code [low TO high]}; a curly bracket leaves its bound out. */
final class RangeText {

    private final String query;
    private final int end;
    private final Budget budget;
    private int at;

    private RangeText(String query, Token token, Budget budget) {
        this.query = query;
        this.at = token.from() + 1;
        this.end = token.to() - 1;
        this.budget = budget;
    }

    static Clause parse(String query, Token token, String field, Place place, String source, Budget budget) {
        if (field.isEmpty()) {
            throw new QueryException(Place.at(query, token.from()), token.text(), "before a range stands a field, such as price:[1 TO 9]");
        }
        var range = new RangeText(query, token, budget);
        Clause.Bound low = range.bound(query.charAt(token.from()) == '[');
        Clause.Bound to = range.bound(true);
        if (!to.text().equals("TO")) {
            throw new QueryException(to.place(), to.text(), "between the bounds of a range stands TO");
        }
        Clause.Bound high = range.bound(query.charAt(token.to() - 1) == ']');
        range.skipSpace();
        if (range.at < range.end) {
            throw range.error("a range has two bounds; put \" around one that has spaces");
        }
        return new Clause.Range(place, source, field, low, high);
    }

    private Clause.Bound bound(boolean isInclusive) {
        skipSpace();
        if (at >= end) {
            throw error("a range is such as [10 TO 20], {10 TO 20} or [10 TO *]");
        }
        int from = at;
        boolean isQuoted = query.charAt(at) == '"';
        if (isQuoted) {
            at++;
        }
        var text = new StringBuilder();
        while (at < end && (isQuoted ? query.charAt(at) != '"' : !Tokens.isSpace(query.charAt(at)))) {
            if (query.charAt(at) == '\\' && at + 1 < end) {
                at++;
            }
            text.append(query.charAt(at));
            at++;
        }
        if (isQuoted) {
            at++;
        }
        Place place = Place.at(query, from);
        budget.term(place, text.toString());
        return new Clause.Bound(place, text.toString(), isInclusive);
    }

    private void skipSpace() {
        while (at < end && Tokens.isSpace(query.charAt(at))) {
            at++;
        }
    }

    private QueryException error(String message) {
        return new QueryException(Place.at(query, at), query.substring(at, Math.max(at, end)), message);
    }
}
