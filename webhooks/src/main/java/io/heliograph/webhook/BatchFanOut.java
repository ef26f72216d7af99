package io.heliograph.webhook;

import io.heliograph.PublishResult;
import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Stores several events in one write: a refusal of one undoes the others. Stateless. */
final class BatchFanOut {

    /** What came of it, and whom it made something ready for. */
    record Stored(List<Publication> publications, Set<String> ready) {
    }

    /** Stores one of them. */
    @FunctionalInterface
    interface Step {
        FanOut.Stored store(Statements sql, Submission submission) throws SQLException;
    }

    /** Leaves a write so that it is undone. */
    static final class Refusal extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final int index;
        private final transient Publication why;

        Refusal(int index, Publication why) {
            super(why.detail(), null, false, false);
            this.index = index;
            this.why = why;
        }

        BatchPublication of(int events) {
            return BatchPublication.refused(events, index, why);
        }
    }

    private BatchFanOut() {
    }

    static Stored store(Statements sql, List<Submission> submissions, Step step) throws SQLException {
        var publications = new ArrayList<Publication>();
        var ready = new LinkedHashSet<String>();
        for (Submission submission : submissions) {
            FanOut.Stored stored = step.store(sql, submission);
            if (stored.publication().result() != PublishResult.ACCEPTED) {
                throw new Refusal(publications.size(), stored.publication());
            }
            publications.add(stored.publication());
            ready.addAll(stored.ready());
        }
        return new Stored(publications, ready);
    }
}
