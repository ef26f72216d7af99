package io.heliograph.search;

import io.heliograph.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The way of events through the stored queries. Thread-safe.
 *
 * <p>An event is made ready before the queries are asked, so that a search which is registered meanwhile may look at a field that
 * is not ready: it would find the field empty, and a search that forbids something there would match. Such a search is not
 * asked but noticed, and the event is made ready again.
 */
final class Matching {

    private static final int UNLOCKED_TRIES = 3;

    private final ConcurrentMap<String, Stored> stored;
    private final QueryStore queries;
    private final TargetUse targets;
    private final ReentrantLock changing;
    private final Tally tally;
    private final BiConsumer<Stored, Throwable> onThrown;

    /**
     * @param changing held by whoever changes what is registered
     * @param onThrown is told of queries that threw
     */
    Matching(ConcurrentMap<String, Stored> stored, QueryStore queries, TargetUse targets, ReentrantLock changing, Tally tally,
            BiConsumer<Stored, Throwable> onThrown) {
        this.stored = stored;
        this.queries = queries;
        this.targets = targets;
        this.changing = changing;
        this.tally = tally;
        this.onThrown = onThrown;
    }

    /** For each event the searches that match it. */
    List<List<Match>> match(List<Event> events, Function<Event, EventForm> reader, Set<Detail> details) {
        tally.events.add(events.size());
        List<EventForm> forms = again(events.stream().map(reader).toList());
        QueryStore.Answer answer = ask(forms);
        for (int tries = 1; answer.isStale() && tries < UNLOCKED_TRIES; tries++) {
            forms = again(forms);
            answer = ask(forms);
        }
        if (answer.isStale()) {
            changing.lock();
            try {
                forms = again(forms);
                answer = ask(forms);
            } finally {
                changing.unlock();
            }
        }
        answer.thrown().forEach(onThrown);
        var matches = new ArrayList<List<Match>>();
        for (int i = 0; i < forms.size(); i++) {
            matches.add(tell(forms.get(i), answer.ids().get(i), details));
        }
        return matches;
    }

    /** All of them in the forms that are asked for now. */
    private List<EventForm> again(List<EventForm> forms) {
        Targets now = targets.now();
        return forms.stream().map(form -> form.targets() == now ? form : form.in(now, tally)).toList();
    }

    private QueryStore.Answer ask(List<EventForm> forms) {
        QueryStore.Answer answer = queries.ask(forms.stream().map(EventForm::document).toList(), stored, forms.getFirst().targets().version());
        tally.queriesRun.add(answer.queries());
        return answer;
    }

    private List<Match> tell(EventForm form, Set<String> ids, Set<Detail> details) {
        Map<String, Stored> found = find(ids);
        tally.matches.add(found.size());
        if (details.isEmpty() || found.isEmpty()) {
            return found.keySet().stream().map(Match::of).toList();
        }
        return explain(form, found, details);
    }

    /** What else there is to the searches of these that match an event. */
    List<Match> explain(EventForm form, Set<String> ids, Set<Detail> details) {
        Map<String, Stored> found = find(ids);
        return found.isEmpty() ? List.of() : explain(form, found, details);
    }

    /** By id. A search that was deleted meanwhile is not told any more. */
    private Map<String, Stored> find(Set<String> ids) {
        Map<String, Stored> found = new TreeMap<>();
        ids.forEach(id -> Optional.ofNullable(stored.get(id)).ifPresent(search -> found.put(id, search)));
        return found;
    }

    /** Nor is one that was replaced, and matches no longer. */
    private List<Match> explain(EventForm form, Map<String, Stored> found, Set<Detail> details) {
        boolean isComplete = found.values().stream().allMatch(search -> search.needs() <= form.targets().version());
        var asking = new MatchDetails(isComplete ? form : form.in(targets.now(), tally));
        return found.entrySet().stream()
                .filter(entry -> asking.matches(entry.getValue().compiled()))
                .map(entry -> asking.of(entry.getKey(), entry.getValue().compiled(), details))
                .toList();
    }
}
