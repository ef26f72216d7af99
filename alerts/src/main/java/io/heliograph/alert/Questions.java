package io.heliograph.alert;

import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.search.Detail;
import io.heliograph.search.Match;
import io.heliograph.search.Search;
import io.heliograph.search.SearchIndex;
import io.heliograph.spi.Environment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What the matcher asks the indexes; no event and no query that fails there harms another. Confined to the matcher's thread. */
final class Questions {

    private static final Set<Detail> DETAILS = Set.of(Detail.CLAUSES, Detail.HIGHLIGHTS);

    private final Indexes indexes;
    private final Environment environment;

    Questions(Indexes indexes, Environment environment) {
        this.indexes = indexes;
        this.environment = environment;
    }

    /** By event; one that cannot be matched, whatever is wrong, is absent, and harms no other. */
    Map<Long, List<Match>> match(TenantIndex index, List<PendingEvent> events) {
        List<PendingEvent> wanted = events.stream().filter(event -> index.wants(event.event().topic())).toList();
        if (wanted.isEmpty()) {
            return Map.of();
        }
        var matches = new HashMap<Long, List<Match>>();
        try {
            List<List<Match>> all = index.index().match(wanted.stream().map(PendingEvent::event).toList(), Set.of());
            for (int i = 0; i < wanted.size(); i++) {
                matches.put(wanted.get(i).row(), all.get(i));
            }
        } catch (OutOfMemoryError e) {
            // No event's fault.
            throw e;
        } catch (RuntimeException | Error e) {
            if (wanted.size() > 1) {
                wanted.forEach(event -> matches.putAll(match(index, List.of(event))));
            } else {
                environment.tell(new Notice.Degraded("alerts", "an event could not be matched: " + e));
            }
        }
        return matches;
    }

    /** With what matched, where somebody will read that: it costs more than the match. */
    List<Outcome> explained(String tenant, Event event, List<Outcome> outcomes) {
        Set<String> ids = new HashSet<>();
        outcomes.stream().filter(Outcome::isTold).forEach(one -> ids.add(one.search().id()));
        Map<String, String> details = new HashMap<>();
        indexes.find(tenant).ifPresent(index -> explain(index.index(), event, ids, details));
        return outcomes.stream().map(one -> one.with(details.getOrDefault(one.search().id(), AlertEvents.NO_DETAILS))).toList();
    }

    /** A match that cannot be explained is an alert nevertheless. */
    private static void explain(SearchIndex index, Event event, Set<String> ids, Map<String, String> details) {
        try {
            index.explain(event, ids, DETAILS).forEach(match -> details.put(match.searchId(), AlertEvents.details(match)));
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            if (ids.size() > 1) {
                ids.forEach(id -> explain(index, event, Set.of(id), details));
            }
        }
    }

    /** How long a search's query takes to be read, and to run on one event by itself; empty if it cannot. */
    OptionalLong costNs(SavedSearch search, Event event) {
        Optional<TenantIndex> index = indexes.find(search.tenant());
        if (index.isEmpty()) {
            return OptionalLong.empty();
        }
        Search query = TenantIndex.parts(search.id(), search.spec()).getFirst();
        try {
            long fromNs = environment.clock().nanoTime();
            index.get().index().test(query, event);
            return OptionalLong.of(environment.clock().nanoTime() - fromNs);
        } catch (RuntimeException | Error e) {
            // Matched it was; without a measure it stays as it is.
            return OptionalLong.empty();
        }
    }
}
