package io.heliograph.search;

import io.heliograph.search.CompiledQuery.Leaf;
import io.heliograph.search.Trial.ClauseTrial;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/** Answers what else there is to a match: asks each clause by itself, on an index of the one event. Confined to one event. */
final class MatchDetails {

    private final EventForm form;
    private final OneDocument document;

    MatchDetails(EventForm form) {
        this.form = form;
        this.document = OneDocument.of(form.document());
    }

    boolean matches(CompiledQuery query) {
        return document.matches(query.lucene());
    }

    Match of(String searchId, CompiledQuery query, Set<Detail> details) {
        Set<Detail> wanted = details.isEmpty() ? EnumSet.noneOf(Detail.class) : EnumSet.copyOf(details);
        List<Leaf> matching = query.leaves().stream().filter(leaf -> !leaf.isForbidden() && document.matches(leaf.lucene())).toList();
        List<String> clauses = wanted.contains(Detail.CLAUSES) ? matching.stream().map(Leaf::name).distinct().toList() : List.of();
        List<Highlight> highlights = wanted.contains(Detail.HIGHLIGHTS) ? Highlights.of(form, query, matching) : List.of();
        OptionalDouble score = wanted.contains(Detail.SCORE) ? OptionalDouble.of(document.score(query.lucene())) : OptionalDouble.empty();
        return new Match(searchId, clauses, highlights, score);
    }

    Trial trial(CompiledQuery query) {
        return new Trial(matches(query), query.leaves().stream()
                .map(leaf -> new ClauseTrial(leaf.name(), leaf.isForbidden(), document.matches(leaf.lucene()))).toList());
    }
}
