package io.heliograph.server;

import io.heliograph.alert.QuotaException;
import io.heliograph.alert.RevisionException;
import io.heliograph.alert.SearchSpecException;
import io.heliograph.search.QueryException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What is wrong with a saved search, as a {@link Problem}. Stateless. */
final class SearchProblems {

    private static final String QUERY = "/query";

    private SearchProblems() {
    }

    /** Waits until it is on disk. @throws Problem if it was refused */
    static <T> T await(CompletableFuture<T> future) {
        return Replies.await(future.exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            return CompletableFuture.failedFuture(of(cause).map(Throwable.class::cast).orElse(cause));
        }));
    }

    /** Something that a search may be refused in. */
    @FunctionalInterface
    interface Step<T> {
        T take();
    }

    /** Does it at once. @throws Problem if it was refused */
    static <T> T in(Step<T> step) {
        try {
            return step.take();
        } catch (QueryException | SearchSpecException | QuotaException e) {
            throw of(e).orElseThrow();
        }
    }

    /** The problem that a refusal is; empty for any other fault. */
    static Optional<Problem> of(Throwable refusal) {
        return Optional.ofNullable(switch (refusal) {
            case QueryException e -> query(e, QUERY);
            case SearchSpecException e when e.query().isPresent() -> query(e.query().get(), e.pointer());
            case SearchSpecException e -> new Problem(400, "bad-search", String.valueOf(e.getMessage())).at(e.pointer());
            case RevisionException e -> new Problem(412, "revision", String.valueOf(e.getMessage()));
            case QuotaException e -> new Problem(409, "quota", String.valueOf(e.getMessage()));
            default -> null;
        });
    }

    /** Line and column count within the query's text; the pointer says which member holds it. */
    private static Problem query(QueryException e, String pointer) {
        return new Problem(400, "bad-query", String.valueOf(e.getMessage())).at(e.line(), e.column()).at(pointer)
                .about(e.token(), e.suggestion());
    }
}
