package io.heliograph.alert;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * When the matches of a search give an alert, if not each by itself. Time is counted from when events arrived. What is counted ends
 * with the process.
 */
public sealed interface Condition {

    /** The longest time. */
    Duration LONGEST = Duration.ofDays(1);

    /** Within which time. */
    Duration within();

    /** The field whose values are counted apart; empty where all events count together. */
    Optional<String> by();

    /** So many events match within a time; the next alert takes as many again. Given with the last of them. */
    record Count(int count, Duration within, Optional<String> by) implements Condition {
        private static final int MOST = 1_000;

        public Count {
            Bounds.count("/when/count", count, 2, MOST);
            check(within, by);
        }
    }

    /** Among the events that match, one for each of these queries, in this order, within a time. Given with the last of them. */
    record Sequence(List<QueryText> queries, Duration within, Optional<String> by) implements Condition {
        private static final int MOST = 8;

        public Sequence {
            queries = List.copyOf(queries);
            Bounds.count("/when/sequence", queries.size(), 2, MOST);
            check(within, by);
        }
    }

    /** An event matches, and none that this query finds follows within a time. Given when the time is over, with the first. */
    record Absent(QueryText query, Duration within, Optional<String> by) implements Condition {
        public Absent {
            check(within, by);
        }
    }

    /** The queries beside the search's own. */
    default List<QueryText> queries() {
        return switch (this) {
            case Count count -> List.of();
            case Sequence sequence -> sequence.queries;
            case Absent absent -> List.of(absent.query);
        };
    }

    /** The place of one of these in a search, as a JSON pointer. */
    default String pointer(int query) {
        return switch (this) {
            case Count count -> "/when";
            case Sequence sequence -> "/when/sequence/" + query;
            case Absent absent -> "/when/absent";
        };
    }

    private static void check(Duration within, Optional<String> by) {
        Bounds.duration("/when/within", within, LONGEST);
        by.ifPresent(field -> Bounds.text("/when/by", field, 256));
    }
}
