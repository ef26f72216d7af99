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
 *   clause      = [ field ":" ] ( "(" query ")" | value )     value: see ValueParser
 * </pre>
 *
 * <p>AND binds stronger than OR, OR stronger than mere neighbourhood, as in Lucene's standard parser. What is only forbidden
 * ({@code -old}) is everything else.
 */
final class QueryParser {

    private final TokenCursor cursor;
    private final QueryLimits limits;
    private final ValueParser values;
    private int depth;

    private QueryParser(String query, QueryLimits limits) {
        this.cursor = new TokenCursor(query);
        this.limits = limits;
        this.values = new ValueParser(cursor, limits);
    }

    /**
     * Reads a query.
     *
     * @throws QueryException if it is none, or exceeds a limit
     */
    static Clause parse(String query, QueryLimits limits) {
        Budget.requireLength(query, limits);
        var parser = new QueryParser(query, limits);
        if (parser.cursor.peek() == Kind.END) {
            throw new QueryException(Place.START, "", "the query is empty");
        }
        Clause clause = parser.query("");
        if (parser.cursor.peek() != Kind.END) {
            throw parser.cursor.unexpected("nothing opens this");
        }
        return clause;
    }

    private Clause query(String field) {
        int from = cursor.token().from();
        var parts = new ArrayList<Part>();
        do {
            parts.add(disjunction(field));
        } while (cursor.peek() != Kind.END && cursor.peek() != Kind.CLOSE);
        return join(parts, from);
    }

    private Part disjunction(String field) {
        int from = cursor.token().from();
        var parts = new ArrayList<Part>();
        parts.add(conjunction(field));
        while (cursor.peek() == Kind.OR) {
            cursor.take();
            parts.add(conjunction(field));
        }
        return parts.size() == 1 ? parts.getFirst() : new Part(Occur.SHOULD, join(parts, from));
    }

    private Part conjunction(String field) {
        int from = cursor.token().from();
        var parts = new ArrayList<Part>();
        parts.add(modified(field));
        while (cursor.peek() == Kind.AND) {
            cursor.take();
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
        return new Clause.Bool(cursor.place(from), cursor.read(from), List.copyOf(parts), 0);
    }

    private Part modified(String field) {
        Occur occur = switch (cursor.peek()) {
            case PLUS -> Occur.MUST;
            case MINUS, NOT -> Occur.MUST_NOT;
            default -> Occur.SHOULD;
        };
        if (occur != Occur.SHOULD) {
            cursor.take();
        }
        return new Part(occur, boosted(field));
    }

    private Clause boosted(String field) {
        Clause clause = clause(field);
        if (cursor.peek() != Kind.CARET) {
            return clause;
        }
        cursor.take();
        Token number = cursor.expect(Kind.WORD, "a number behind '^'");
        double factor = Numbers.real(number.text()).orElse(-1.0);
        if (factor < 0 || factor > 1000) {
            throw cursor.error(number, "behind '^' a number from 0 to 1000 is allowed");
        }
        return new Clause.Boost(clause, (float) factor);
    }

    private Clause clause(String inherited) {
        Token first = cursor.token();
        boolean isField = first.kind() == Kind.WORD && cursor.second().kind() == Kind.COLON;
        if (!isField) {
            return value(inherited, first);
        }
        cursor.take();
        cursor.take();
        String name = Words.unescape(first.text());
        boolean isEverything = name.equals("*") && cursor.peek() == Kind.WORD && cursor.token().text().equals("*");
        if (isEverything) {
            cursor.take();
            return new Clause.All(cursor.place(first.from()), cursor.read(first.from()));
        }
        return name.equals("_exists_") ? values.exists(first) : value(name, first);
    }

    private Clause value(String field, Token first) {
        return cursor.peek() == Kind.OPEN ? group(field) : values.value(field, first);
    }

    private Clause group(String field) {
        Token open = cursor.take();
        if (++depth > limits.maxDepth()) {
            throw cursor.error(open, "parentheses nest " + limits.maxDepth() + " deep at most (maxDepth)");
        }
        if (cursor.peek() == Kind.CLOSE) {
            throw cursor.unexpected("there is nothing between the parentheses");
        }
        Clause inner = query(field);
        cursor.expect(Kind.CLOSE, "')'");
        depth--;
        return inner;
    }
}
