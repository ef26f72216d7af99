package io.heliograph.search;

import io.heliograph.search.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a query in Lucene's syntax. Reads each character once; recursion has no part in it. A range's bounds are read by the
 * parser, which knows where one may stand. Used once.
 *
 * <pre>
 *   title : "wood stove" ~ 2   AND   price : [  100 TO 200 ]   -  old
 *   WORD  COLON QUOTED TILDE   AND   WORD COLON RANGE_OPEN     MINUS WORD
 * </pre>
 */
final class Tokens {

    private static final String ENDS_WORD = "()[]{}:^\"~";

    private final String query;
    private int at;

    Tokens(String query) {
        this.query = query;
    }

    /** Every token, a range as one: its text is what stands between the brackets, with them. The last one is END. */
    List<Token> all() {
        var tokens = new ArrayList<Token>();
        while (true) {
            skipSpace();
            int from = at;
            if (at == query.length()) {
                tokens.add(new Token(Kind.END, "", from, from));
                return tokens;
            }
            tokens.add(next(from));
        }
    }

    private Token next(int from) {
        char c = query.charAt(at);
        return switch (c) {
            case '(' -> one(Kind.OPEN);
            case ')' -> one(Kind.CLOSE);
            case ':' -> one(Kind.COLON);
            case '^' -> one(Kind.CARET);
            case '~' -> one(Kind.TILDE);
            case '+' -> one(Kind.PLUS);
            case '-' -> one(Kind.MINUS);
            case '!' -> one(Kind.NOT);
            case '"' -> enclosed(Kind.QUOTED, '"');
            case '/' -> enclosed(Kind.REGEXP, '/');
            case '[', '{' -> range(from);
            case ']', '}' -> throw error(from, from + 1, "nothing opens this; put \\ before it if it is part of a word");
            case '<', '>' -> comparison(from);
            default -> word(from);
        };
    }

    private Token one(Kind kind) {
        at++;
        return new Token(kind, query.substring(at - 1, at), at - 1, at);
    }

    private Token enclosed(Kind kind, char end) {
        int from = at;
        var text = new StringBuilder();
        for (at++; at < query.length(); at++) {
            char c = query.charAt(at);
            if (c == end) {
                at++;
                return new Token(kind, text.toString(), from, at);
            }
            if (c == '\\' && at + 1 < query.length()) {
                at++;
                // In a regular expression all escapes but that of its end are its own.
                if (kind == Kind.REGEXP && query.charAt(at) != end) {
                    text.append('\\');
                }
            }
            text.append(query.charAt(at));
        }
        throw error(from, from + 1, "this " + kind.name.substring(2) + " has no end");
    }

    private Token range(int from) {
        boolean isQuoted = false;
        for (at++; at < query.length(); at++) {
            char c = query.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == '"') {
                isQuoted = !isQuoted;
            } else if (!isQuoted && (c == ']' || c == '}')) {
                at++;
                return new Token(Kind.RANGE_OPEN, query.substring(from, at), from, at);
            }
        }
        throw error(from, from + 1, "this range has no end; allowed is such as [10 TO 20] or {10 TO *}");
    }

    private Token comparison(int from) {
        at++;
        if (at < query.length() && query.charAt(at) == '=') {
            at++;
        }
        return new Token(Kind.COMPARISON, query.substring(from, at), from, at);
    }

    private Token word(int from) {
        while (at < query.length()) {
            char c = query.charAt(at);
            if (c == '\\') {
                if (at + 1 == query.length()) {
                    throw error(at, at + 1, "nothing follows this \\");
                }
                at += 2;
            } else if (isSpace(c) || ENDS_WORD.indexOf(c) >= 0) {
                break;
            } else {
                at++;
            }
        }
        String text = query.substring(from, at);
        Kind kind = switch (text) {
            case "AND", "&&" -> Kind.AND;
            case "OR", "||" -> Kind.OR;
            case "NOT" -> Kind.NOT;
            default -> Kind.WORD;
        };
        return new Token(kind, text, from, at);
    }

    private void skipSpace() {
        while (at < query.length() && isSpace(query.charAt(at))) {
            at++;
        }
    }

    static boolean isSpace(char c) {
        return Character.isWhitespace(c) || c == '\u3000' || c == '\u00a0';
    }

    private QueryException error(int from, int to, String message) {
        return new QueryException(Place.at(query, from), query.substring(from, to), message);
    }
}
