package io.heliograph.search;

import io.heliograph.search.Clause.Occur;
import io.heliograph.search.Clause.Part;
import io.heliograph.search.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads Lucene's query syntax, with all limits checked while it reads. Used once.
 *
 * <pre>
 *   query       = disjunction { disjunction }                 any of them, but "+" must and "-" must not
 *   disjunction = conjunction { ("OR" | "||") conjunction }
 *   conjunction = modified { ("AND" | "&&") modified }
 *   modified    = [ "+" | "-" | "!" | "NOT" ] boosted
 *   boosted     = clause [ "^" number ]
 *   clause      = [ field ":" ] ( "(" query ")" | value )
 *   value       = word | word "~" [0-2] | '"' words '"' [ "~" slop ] | "/" regexp "/" | range | "<" word | ">=" word | geo
 *   range       = ( "[" | "{" ) bound "TO" bound ( "]" | "}" )
 *   geo         = "distance(" latitude "," longitude "," distance ")" | "box(" top "," left "," bottom "," right ")"
 * </pre>
 *
 * <p>AND binds stronger than OR, OR stronger than mere neighbourhood, as in Lucene's standard parser. What is only forbidden
 * ({@code -old}) is everything else.
 */
final class QueryParser {

    private final String query;
    private final QueryLimits limits;
    private final Budget budget;
    private final List<Token> tokens;
    private int at;
    private int depth;

    private QueryParser(String query, QueryLimits limits) {
        this.query = query;
        this.limits = limits;
        this.budget = new Budget(limits);
        this.tokens = new Tokens(query).all();
    }

    /**
     * Reads a query.
     *
     * @throws QueryException if it is none, or exceeds a limit
     */
    static Clause parse(String query, QueryLimits limits) {
        Budget.requireLength(query, limits);
        var parser = new QueryParser(query, limits);
        if (parser.peek() == Kind.END) {
            throw new QueryException(Place.START, "", "the query is empty");
        }
        Clause clause = parser.query("");
        if (parser.peek() != Kind.END) {
            throw parser.unexpected("nothing opens this");
        }
        return clause;
    }

    private Clause query(String field) {
        int from = token().from();
        var parts = new ArrayList<Part>();
        do {
            parts.add(disjunction(field));
        } while (peek() != Kind.END && peek() != Kind.CLOSE);
        return join(parts, from);
    }

    private Part disjunction(String field) {
        int from = token().from();
        var parts = new ArrayList<Part>();
        parts.add(conjunction(field));
        while (peek() == Kind.OR) {
            at++;
            parts.add(conjunction(field));
        }
        return parts.size() == 1 ? parts.getFirst() : new Part(Occur.SHOULD, join(parts, from));
    }

    private Part conjunction(String field) {
        int from = token().from();
        var parts = new ArrayList<Part>();
        parts.add(modified(field));
        while (peek() == Kind.AND) {
            at++;
            parts.add(modified(field));
        }
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        List<Part> required = parts.stream()
                .map(part -> part.occur() == Occur.SHOULD ? new Part(Occur.MUST, part.clause()) : part).toList();
        return new Part(Occur.SHOULD, join(required, from));
    }

    private Clause join(List<Part> parts, int from) {
        if (parts.size() == 1 && parts.getFirst().occur() == Occur.SHOULD) {
            return parts.getFirst().clause();
        }
        return new Clause.Bool(place(from), query.substring(from, tokens.get(at - 1).to()), List.copyOf(parts), 0);
    }

    private Part modified(String field) {
        Occur occur = switch (peek()) {
            case PLUS -> Occur.MUST;
            case MINUS, NOT -> Occur.MUST_NOT;
            default -> Occur.SHOULD;
        };
        if (occur != Occur.SHOULD) {
            at++;
        }
        return new Part(occur, boosted(field));
    }

    private Clause boosted(String field) {
        Clause clause = clause(field);
        if (peek() != Kind.CARET) {
            return clause;
        }
        at++;
        Token number = expect(Kind.WORD, "a number behind '^'");
        try {
            float factor = Float.parseFloat(number.text());
            if (factor >= 0 && factor <= 1000) {
                return new Clause.Boost(clause, factor);
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw error(number, "behind '^' a number from 0 to 1000 is allowed");
    }

    private Clause clause(String inherited) {
        Token first = token();
        boolean isField = first.kind() == Kind.WORD && tokens.get(at + 1).kind() == Kind.COLON;
        if (!isField) {
            return value(inherited, first);
        }
        at += 2;
        String name = Words.unescape(first.text());
        if (name.equals("*") && peek() == Kind.WORD && token().text().equals("*")) {
            at++;
            return new Clause.All(place(first.from()), source(first));
        }
        if (name.equals("_exists_")) {
            Token field = expect(Kind.WORD, "the name of a field behind _exists_:");
            budget.clause(place(first.from()), source(first));
            return new Clause.Exists(place(first.from()), source(first), Words.unescape(field.text()));
        }
        return value(name, first);
    }

    private Clause value(String field, Token first) {
        Token token = token();
        at++;
        return switch (token.kind()) {
            case OPEN -> group(field, token);
            case WORD -> word(field, first, token);
            case QUOTED -> quoted(field, first, token);
            case REGEXP -> regexp(field, first, token);
            case RANGE_OPEN -> {
                budget.clause(place(first.from()), source(first));
                yield RangeText.parse(query, token, field, place(first.from()), source(first), budget);
            }
            case COMPARISON -> comparison(field, first, token);
            case MINUS -> {
                at--;
                yield word(field, first, negative(field));
            }
            default -> {
                at--;
                throw unexpected("expected is a word, a phrase, a range or '('");
            }
        };
    }

    private Clause group(String field, Token open) {
        if (++depth > limits.maxDepth()) {
            throw error(open, "parentheses nest " + limits.maxDepth() + " deep at most (maxDepth)");
        }
        if (peek() == Kind.CLOSE) {
            throw unexpected("there is nothing between the parentheses");
        }
        Clause inner = query(field);
        expect(Kind.CLOSE, "')'");
        depth--;
        return inner;
    }

    private Clause word(String field, Token first, Token word) {
        boolean isGeo = !field.isEmpty() && peek() == Kind.OPEN && token().from() == word.to();
        if (isGeo && word.text().equals("distance")) {
            return distance(field, first);
        }
        if (isGeo && word.text().equals("box")) {
            return box(field, first);
        }
        Place place = place(first.from());
        budget.clause(place, source(first));
        budget.term(place(word.from()), word.text());
        if (peek() == Kind.TILDE) {
            return similar(field, first, word);
        }
        if (word.text().equals("*")) {
            return field.isEmpty() ? new Clause.All(place, source(first)) : new Clause.Exists(place, source(first), field);
        }
        if (!Words.hasWildcard(word.text())) {
            return new Clause.Words(place, source(first), field, Words.unescape(word.text()), Clause.Needs.PHRASE, 0);
        }
        budget.wildcard(place(word.from()), word.text());
        return Words.isPrefix(word.text())
                ? new Clause.Prefix(place, source(first), field, Words.unescape(word.text().substring(0, word.text().length() - 1)))
                : new Clause.Wildcard(place, source(first), field, word.text());
    }

    /** A minus sign and the number behind it, as one word; only behind a field, where nothing can be forbidden. */
    private Token negative(String field) {
        Token minus = token();
        Token number = tokens.get(at + 1);
        if (field.isEmpty() || number.kind() != Kind.WORD || number.from() != minus.to()) {
            throw unexpected("expected is a word, a phrase, a range or '('");
        }
        at += 2;
        return new Token(Kind.WORD, minus.text() + number.text(), minus.from(), number.to());
    }

    private Clause similar(String field, Token first, Token word) {
        int edits = (int) behindTilde(2, 2, "the number of letters that may differ");
        budget.pattern(place(word.from()), word.text());
        if (Words.hasWildcard(word.text())) {
            throw error(word, "a word has wildcards or '~', not both");
        }
        return new Clause.Fuzzy(place(first.from()), source(first), field, Words.unescape(word.text()), edits);
    }

    private Clause quoted(String field, Token first, Token phrase) {
        Place place = place(first.from());
        budget.clause(place, source(first));
        budget.term(place(phrase.from()), phrase.text());
        int slop = peek() == Kind.TILDE ? (int) behindTilde(0, limits.maxSlop(), "how far apart the words may lie (maxSlop)") : 0;
        return new Clause.Words(place, source(first), field, phrase.text(), Clause.Needs.PHRASE, slop);
    }

    /** A whole number right behind a tilde. */
    private long behindTilde(long without, long most, String what) {
        Token tilde = token();
        at++;
        boolean isNumber = peek() == Kind.WORD && token().from() == tilde.to();
        if (!isNumber) {
            return without;
        }
        Token number = token();
        at++;
        if (number.text().matches("[0-9]{1,9}") && Long.parseLong(number.text()) <= most) {
            return Long.parseLong(number.text());
        }
        throw error(number, "behind '~' stands " + what + ", 0 to " + most);
    }

    private Clause regexp(String field, Token first, Token regexp) {
        budget.clause(place(first.from()), source(first));
        budget.regexp(place(regexp.from()), regexp.text());
        return new Clause.Regexp(place(first.from()), source(first), field, regexp.text());
    }

    private Clause comparison(String field, Token first, Token operator) {
        if (field.isEmpty()) {
            throw error(operator, "before a comparison stands a field, such as price:>=100");
        }
        Token word = peek() == Kind.MINUS ? negative(field) : token();
        if (word.kind() != Kind.WORD && word.kind() != Kind.QUOTED) {
            throw unexpected("behind " + operator.text() + " stands a number, a date or a word");
        }
        if (word == token()) {
            at++;
        }
        Place place = place(first.from());
        budget.clause(place, source(first));
        budget.term(place(word.from()), word.text());
        String text = word.kind() == Kind.WORD ? Words.unescape(word.text()) : word.text();
        var bound = new Clause.Bound(place(word.from()), text, operator.text().length() == 2);
        var none = new Clause.Bound(place, "*", true);
        return operator.text().startsWith(">")
                ? new Clause.Range(place, source(first), field, bound, none)
                : new Clause.Range(place, source(first), field, none, bound);
    }

    private Clause distance(String field, Token first) {
        GeoText.Arguments arguments = geoArguments(3, "latitude, longitude and a distance, such as distance(52.5, 13.4, 10km)");
        budget.clause(place(first.from()), source(first));
        return new Clause.Distance(place(first.from()), source(first), field, arguments.latitude(0), arguments.longitude(1),
                arguments.metres(2));
    }

    private Clause box(String field, Token first) {
        GeoText.Arguments arguments = geoArguments(4, "top, left, bottom and right, such as box(52.6, 13.2, 52.4, 13.6)");
        budget.clause(place(first.from()), source(first));
        return GeoText.box(place(first.from()), source(first), field, arguments.latitude(0), arguments.longitude(1),
                arguments.latitude(2), arguments.longitude(3));
    }

    /** The text between the parentheses that are next; a minus sign is its own token. */
    private GeoText.Arguments geoArguments(int count, String allowed) {
        Token open = expect(Kind.OPEN, "'('");
        while (peek() == Kind.WORD || peek() == Kind.MINUS || peek() == Kind.PLUS) {
            at++;
        }
        if (peek() != Kind.CLOSE) {
            throw unexpected("between the parentheses stand " + allowed);
        }
        Token close = token();
        at++;
        return GeoText.arguments(query.substring(open.to(), close.from()), count, place(open.to()), allowed);
    }

    private Kind peek() {
        return tokens.get(at).kind();
    }

    private Token token() {
        return tokens.get(at);
    }

    private Token expect(Kind kind, String what) {
        if (peek() != kind) {
            throw unexpected("expected is " + what);
        }
        return tokens.get(at++);
    }

    /** What has been read from a token on. */
    private String source(Token first) {
        return query.substring(first.from(), tokens.get(Math.max(at - 1, 0)).to());
    }

    private Place place(int offset) {
        return Place.at(query, offset);
    }

    private QueryException unexpected(String message) {
        Token token = token();
        return error(token, token.kind() == Kind.END ? "the query ends here, but " + message : message);
    }

    private QueryException error(Token token, String message) {
        return new QueryException(place(token.from()), query.substring(token.from(), token.to()), message);
    }
}
