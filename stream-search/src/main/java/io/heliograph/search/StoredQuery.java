package io.heliograph.search;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;

/** The query of a search that is registered: compiled already, or, if it was restored, as soon as it is first needed. Thread-safe. */
sealed interface StoredQuery {

    /** The forms of fields that it looks at. */
    Set<Target> targets();

    /** Compiles it if need be. */
    CompiledQuery compiled();

    /** What the Monitor keeps. */
    Query lucene();

    /** A query that is compiled. */
    record Ready(CompiledQuery compiled) implements StoredQuery {

        @Override
        public Set<Target> targets() {
            return compiled.targets();
        }

        @Override
        public Query lucene() {
            return compiled.lucene();
        }
    }

    /** A query that was compiled in another life, and is compiled again when an event comes that it may match. */
    final class Restored implements StoredQuery {

        private final Set<Target> targets;
        private final Supplier<CompiledQuery> compiler;
        private volatile Optional<CompiledQuery> compiled = Optional.empty();

        Restored(Set<Target> targets, Supplier<CompiledQuery> compiler) {
            this.targets = targets;
            this.compiler = compiler;
        }

        @Override
        public Set<Target> targets() {
            return targets;
        }

        /** Two threads may compile it at once, to the same end. */
        @Override
        public CompiledQuery compiled() {
            if (compiled.isEmpty()) {
                compiled = Optional.of(compiler.get());
            }
            return compiled.orElseThrow();
        }

        @Override
        public Query lucene() {
            return new Deferred(this);
        }
    }

    /** Becomes the query itself when it is run. */
    final class Deferred extends Query {

        private final Restored query;

        private Deferred(Restored query) {
            this.query = query;
        }

        @Override
        public Query rewrite(IndexSearcher searcher) {
            return query.compiled().lucene();
        }

        @Override
        public void visit(QueryVisitor visitor) {
            query.compiled().lucene().visit(visitor);
        }

        @Override
        public String toString(String field) {
            return "a query that was restored";
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Deferred deferred && query == deferred.query;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(query);
        }
    }
}
