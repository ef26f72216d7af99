package io.heliograph.search;

import io.heliograph.search.Token.Kind;
import java.util.List;

/** The tokens of a query, and how far they have been read. Confined to one parser. */
final class TokenCursor {

    private final String query;
    private final List<Token> tokens;
    private int at;

    TokenCursor(String query) {
        this.query = query;
        this.tokens = new Tokens(query).all();
    }

    String query() {
        return query;
    }

    /** What is next. */
    Kind peek() {
        return tokens.get(at).kind();
    }

    Token token() {
        return tokens.get(at);
    }

    /** What comes behind the next one; the end if that is next. */
    Token second() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    /** Takes the next one; the end is never taken. */
    Token take() {
        Token token = tokens.get(at);
        if (token.kind() != Kind.END) {
            at++;
        }
        return token;
    }

    Token expect(Kind kind, String what) {
        if (peek() != kind) {
            throw unexpected("expected is " + what);
        }
        return take();
    }

    /** The text from {@code from} to the last token that was taken. */
    String read(int from) {
        return query.substring(from, tokens.get(Math.max(at - 1, 0)).to());
    }

    Place place(int offset) {
        return Place.at(query, offset);
    }

    QueryException unexpected(String message) {
        Token token = token();
        return error(token, token.kind() == Kind.END ? "the query ends here, but " + message : message);
    }

    QueryException error(Token token, String message) {
        return new QueryException(place(token.from()), query.substring(token.from(), token.to()), message);
    }
}
