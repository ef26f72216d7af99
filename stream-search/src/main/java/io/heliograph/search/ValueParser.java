package io.heliograph.search;

import io.heliograph.search.Token.Kind;

/**
 * Reads what is asked of one field. Confined to one parser.
 *
 * <pre>
 *   value = word | word "~" [0-2] | '"' words '"' [ "~" slop ] | "/" regexp "/" | range | "<" word | ">=" word | geo
 *   range = ( "[" | "{" ) bound "TO" bound ( "]" | "}" )
 *   geo   = "distance(" latitude "," longitude "," distance ")" | "box(" top "," left "," bottom "," right ")"
 * </pre>
 */
final class ValueParser {

    private final TokenCursor cursor;
    private final QueryLimits limits;
    private final Budget budget;

    ValueParser(TokenCursor cursor, QueryLimits limits) {
        this.cursor = cursor;
        this.limits = limits;
        this.budget = new Budget(limits);
    }

    /** @param first where the clause begins: its field, if it names one */
    Clause value(String field, Token first) {
        return switch (cursor.peek()) {
            case WORD -> word(field, first, cursor.take());
            case QUOTED -> quoted(field, first);
            case REGEXP -> regexp(field, first);
            case RANGE_OPEN -> range(field, first);
            case COMPARISON -> comparison(field, first);
            case MINUS -> word(field, first, negative(field));
            default -> throw cursor.unexpected("expected is a word, a phrase, a range or '('");
        };
    }

    Clause exists(Token first) {
        Token field = cursor.expect(Kind.WORD, "the name of a field behind _exists_:");
        return new Clause.Exists(counted(first), source(first), Words.unescape(field.text()));
    }

    private Clause word(String field, Token first, Token word) {
        boolean isGeo = !field.isEmpty() && cursor.peek() == Kind.OPEN && cursor.token().from() == word.to();
        if (isGeo && word.text().equals("distance")) {
            return distance(field, first);
        }
        if (isGeo && word.text().equals("box")) {
            return box(field, first);
        }
        Place place = counted(first);
        budget.term(cursor.place(word.from()), word.text());
        if (cursor.peek() == Kind.TILDE) {
            return similar(field, first, word);
        }
        if (word.text().equals("*")) {
            return field.isEmpty() ? new Clause.All(place, source(first)) : new Clause.Exists(place, source(first), field);
        }
        if (!Words.hasWildcard(word.text())) {
            return new Clause.Words(place, source(first), field, Words.unescape(word.text()), Clause.Needs.PHRASE, 0);
        }
        budget.wildcard(cursor.place(word.from()), word.text());
        return Words.isPrefix(word.text())
                ? new Clause.Prefix(place, source(first), field, Words.unescape(word.text().substring(0, word.text().length() - 1)))
                : new Clause.Wildcard(place, source(first), field, word.text());
    }

    /** A minus sign and the number behind it, as one word; only behind a field, where nothing can be forbidden. */
    private Token negative(String field) {
        Token minus = cursor.token();
        Token number = cursor.second();
        if (field.isEmpty() || number.kind() != Kind.WORD || number.from() != minus.to()) {
            throw cursor.unexpected("expected is a word, a phrase, a range or '('");
        }
        cursor.take();
        cursor.take();
        return new Token(Kind.WORD, minus.text() + number.text(), minus.from(), number.to());
    }

    private Clause similar(String field, Token first, Token word) {
        int edits = behindTilde(2, 2, "the number of letters that may differ");
        budget.similar(cursor.place(word.from()), word.text());
        if (Words.hasWildcard(word.text())) {
            throw cursor.error(word, "a word has wildcards or '~', not both");
        }
        return new Clause.Fuzzy(cursor.place(first.from()), source(first), field, Words.unescape(word.text()), edits);
    }

    private Clause quoted(String field, Token first) {
        Token phrase = cursor.take();
        Place place = counted(first);
        budget.term(cursor.place(phrase.from()), phrase.text());
        int slop = cursor.peek() == Kind.TILDE ? behindTilde(0, limits.maxSlop(), "how far apart the words may lie (maxSlop)") : 0;
        return new Clause.Words(place, source(first), field, phrase.text(), Clause.Needs.PHRASE, slop);
    }

    /** A whole number right behind a tilde. */
    private int behindTilde(int without, int most, String what) {
        Token tilde = cursor.take();
        boolean isNumber = cursor.peek() == Kind.WORD && cursor.token().from() == tilde.to();
        if (!isNumber) {
            return without;
        }
        Token number = cursor.take();
        if (number.text().matches("[0-9]{1,9}") && Integer.parseInt(number.text()) <= most) {
            return Integer.parseInt(number.text());
        }
        throw cursor.error(number, "behind '~' stands " + what + ", 0 to " + most);
    }

    private Clause regexp(String field, Token first) {
        Token regexp = cursor.take();
        Place place = counted(first);
        budget.regexp(cursor.place(regexp.from()), regexp.text());
        return new Clause.Regexp(place, source(first), field, regexp.text());
    }

    private Clause range(String field, Token first) {
        Token range = cursor.take();
        Place place = counted(first);
        return RangeText.parse(cursor.query(), range, field, place, source(first), budget);
    }

    private Clause comparison(String field, Token first) {
        Token operator = cursor.take();
        if (field.isEmpty()) {
            throw cursor.error(operator, "before a comparison stands a field, such as price:>=100");
        }
        Token word = switch (cursor.peek()) {
            case MINUS -> negative(field);
            case WORD, QUOTED -> cursor.take();
            default -> throw cursor.unexpected("behind " + operator.text() + " stands a number, a date or a word");
        };
        Place place = counted(first);
        budget.term(cursor.place(word.from()), word.text());
        String text = word.kind() == Kind.WORD ? Words.unescape(word.text()) : word.text();
        var bound = new Clause.Bound(cursor.place(word.from()), text, operator.text().length() == 2);
        var none = new Clause.Bound(place, "*", true);
        return operator.text().startsWith(">")
                ? new Clause.Range(place, source(first), field, bound, none)
                : new Clause.Range(place, source(first), field, none, bound);
    }

    private Clause distance(String field, Token first) {
        GeoText.Arguments arguments = geoArguments(3, "latitude, longitude and a distance, such as distance(52.5, 13.4, 10km)");
        return new Clause.Distance(counted(first), source(first), field, arguments.latitude(0), arguments.longitude(1), arguments.metres(2));
    }

    private Clause box(String field, Token first) {
        GeoText.Arguments arguments = geoArguments(4, "top, left, bottom and right, such as box(52.6, 13.2, 52.4, 13.6)");
        return GeoText.box(counted(first), source(first), field, arguments.latitude(0), arguments.longitude(1),
                arguments.latitude(2), arguments.longitude(3));
    }

    /** The text between the parentheses that are next; a minus sign is its own token. */
    private GeoText.Arguments geoArguments(int count, String allowed) {
        Token open = cursor.expect(Kind.OPEN, "'('");
        while (cursor.peek() == Kind.WORD || cursor.peek() == Kind.MINUS || cursor.peek() == Kind.PLUS) {
            cursor.take();
        }
        if (cursor.peek() != Kind.CLOSE) {
            throw cursor.unexpected("between the parentheses stand " + allowed);
        }
        Token close = cursor.take();
        return GeoText.arguments(cursor.query().substring(open.to(), close.from()), count, cursor.place(open.to()), allowed);
    }

    /** Counts a clause against the limit; returns where it begins. */
    private Place counted(Token first) {
        Place place = cursor.place(first.from());
        budget.clause(place, source(first));
        return place;
    }

    private String source(Token first) {
        return cursor.read(first.from());
    }
}
