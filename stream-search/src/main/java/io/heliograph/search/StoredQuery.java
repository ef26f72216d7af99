package io.heliograph.search;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The query of a search that is registered: compiled already, or, if it was restored, as soon as it is first needed. Thread-safe. */
sealed interface StoredQuery {

    /** The forms of fields that it looks at. */
    Set<Target> targets();

    /** Compiles it if need be. */
    CompiledQuery compiled();

    /** A query that is compiled. */
    record Ready(CompiledQuery compiled) implements StoredQuery {

        @Override
        public Set<Target> targets() {
            return compiled.targets();
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
    }
}
