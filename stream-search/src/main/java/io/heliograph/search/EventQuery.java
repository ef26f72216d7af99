package io.heliograph.search;

import io.heliograph.Event;
import io.heliograph.time.WallClock;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One query, asked of one event after the other: what a query subscription filters by. Thread-safe; starts no thread. Reads the
 * event and indexes it in memory each time, some 50 us for a kilobyte.
 */
public final class EventQuery implements Predicate<Event> {

    private final CompiledQuery compiled;
    private final Targets targets;
    private final Schema schema;
    private final EventLimits limits;
    private final Tally tally;

    private EventQuery(CompiledQuery compiled, Schema schema, EventLimits limits, Tally tally) {
        this.compiled = compiled;
        this.targets = Targets.of(compiled.targets(), 1);
        this.schema = schema;
        this.limits = limits;
        this.tally = tally;
    }

    /**
     * A query in Lucene's syntax, on fields whose types its use implies.
     *
     * @throws QueryException if it cannot be used
     */
    public static EventQuery parse(String query) {
        return of(Search.of("query", query), SearchConfig.defaults(), Schema.open(), WallClock.SYSTEM, new Tally());
    }

    static EventQuery of(Search search, SearchConfig config, Schema schema, WallClock clock, Tally tally) {
        Optional<Language> own = search.language();
        var settings = new QueryCompiler.Settings(config.queryLimits(), own, config.language(), clock);
        CompiledQuery compiled = QueryCompiler.compile(search.parse(config.queryLimits()), schema, settings);
        return new EventQuery(compiled, schema, config.eventLimits(), tally);
    }

    @Override
    public boolean test(Event event) {
        EventForm form = EventForm.of(event, schema, limits, targets, tally);
        return OneDocument.of(form.document()).matches(compiled.lucene());
    }
}
