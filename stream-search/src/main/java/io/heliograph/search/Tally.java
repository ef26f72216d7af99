package io.heliograph.search;

import java.util.concurrent.atomic.LongAdder;

/** What happened so far. Thread-safe. */
final class Tally {

    final LongAdder events = new LongAdder();
    final LongAdder matches = new LongAdder();
    final LongAdder queriesRun = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder quarantined = new LongAdder();
    final LongAdder oversized = new LongAdder();
    final LongAdder malformed = new LongAdder();
    final LongAdder valuesLeftOut = new LongAdder();
    final LongAdder textsCut = new LongAdder();
    final LongAdder tooDeep = new LongAdder();
    final LongAdder conflicts = new LongAdder();

    SearchCounts counts(int searches, Schema schema) {
        return new SearchCounts(searches, events.sum(), matches.sum(), queriesRun.sum(), refused.sum(), quarantined.sum(),
                oversized.sum(), malformed.sum(), valuesLeftOut.sum(), textsCut.sum(), tooDeep.sum(), conflicts.sum(), schema.ignored());
    }
}
