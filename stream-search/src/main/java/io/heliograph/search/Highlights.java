package io.heliograph.search;

import io.heliograph.search.CompiledQuery.Leaf;
import io.heliograph.search.EventValues.Value;
import io.heliograph.search.Highlight.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.search.Matches;
import org.apache.lucene.search.MatchesIterator;

/**
 * Finds where clauses match: each value of text is indexed alone, so that places in it are places in the value. A keyword
 * matches as a whole. Numbers, dates and places on earth have no highlight.
 */
final class Highlights {

    private static final int MAX_HIGHLIGHTS = 50;
    private static final int MAX_SPANS = 50;
    /** So much of a long value is told on each side of what matched. */
    private static final int CONTEXT_CHARS = 100;

    private Highlights() {
    }

    static List<Highlight> of(EventForm form, CompiledQuery query, List<Leaf> matching) {
        var highlights = new ArrayList<Highlight>();
        for (Value value : form.values()) {
            for (Target target : targets(query, value)) {
                if (highlights.size() < MAX_HIGHLIGHTS) {
                    highlight(value, target, matching).ifPresent(highlights::add);
                }
            }
        }
        return highlights;
    }

    /** The forms in which the query looks at the letters of a value. */
    private static List<Target> targets(CompiledQuery query, Value value) {
        return query.targets().stream()
                .filter(target -> target.path().equals(value.path()) || target.path().equals(FieldPath.DATA))
                .filter(target -> target.form() == Target.Form.WORDS || target.form() == Target.Form.EXACT)
                .toList();
    }

    private static Optional<Highlight> highlight(Value value, Target target, List<Leaf> matching) {
        String text = value.scalar().text();
        var document = new Document();
        document.add(target.form() == Target.Form.WORDS
                ? new TextField(target.lucene(), text, org.apache.lucene.document.Field.Store.NO)
                : new StringField(target.lucene(), text, org.apache.lucene.document.Field.Store.NO));
        OneDocument alone = OneDocument.of(document);
        var spans = new ArrayList<Span>();
        for (Leaf leaf : matching) {
            alone.places(leaf.lucene()).ifPresent(places -> addSpans(spans, places, target, text));
        }
        return spans.isEmpty() ? Optional.empty() : Optional.of(around(value.path(), text, merged(spans)));
    }

    private static void addSpans(List<Span> spans, Matches places, Target target, String text) {
        try {
            MatchesIterator each = places.getMatches(target.lucene());
            while (each != null && each.next() && spans.size() < MAX_SPANS) {
                boolean isWhole = each.startOffset() < 0 || target.form() == Target.Form.EXACT;
                spans.add(isWhole ? new Span(0, text.length()) : new Span(each.startOffset(), each.endOffset()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Span> merged(List<Span> spans) {
        List<Span> sorted = spans.stream().sorted(Comparator.comparingInt(Span::from).thenComparingInt(Span::to)).toList();
        var merged = new ArrayList<Span>();
        for (Span span : sorted) {
            boolean isWithin = !merged.isEmpty() && span.from() < merged.getLast().to();
            if (isWithin) {
                Span last = merged.removeLast();
                merged.add(new Span(last.from(), Math.max(last.to(), span.to())));
            } else {
                merged.add(span);
            }
        }
        return merged;
    }

    /** From a little before the first span on, and no more than a few spans if the value is long. */
    private static Highlight around(String field, String text, List<Span> spans) {
        int from = Math.max(spans.getFirst().from() - CONTEXT_CHARS, 0);
        int farthest = spans.getFirst().to() + 4 * CONTEXT_CHARS;
        List<Span> told = spans.stream().filter(span -> span.to() <= farthest).toList();
        int to = Math.min(told.getLast().to() + CONTEXT_CHARS, text.length());
        return new Highlight(field, text.substring(from, to),
                told.stream().map(span -> new Span(span.from() - from, span.to() - from)).toList());
    }
}
