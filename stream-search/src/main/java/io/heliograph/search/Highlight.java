package io.heliograph.search;

import java.util.List;

/**
 * What matched in one value of a field.
 *
 * @param field the field
 * @param text  the value, or the part of a long one around what matched
 * @param spans what matched in it, in order and apart from each other
 */
public record Highlight(String field, String text, List<Span> spans) {

    /** From a character of the text to the one behind the last. */
    public record Span(int from, int to) {
    }

    /** Copies the spans. */
    public Highlight {
        spans = List.copyOf(spans);
    }

    /** The text with something before and behind each span; nothing is escaped. */
    public String marked(String before, String behind) {
        var marked = new StringBuilder();
        int at = 0;
        for (Span span : spans) {
            marked.append(text, at, span.from()).append(before).append(text, span.from(), span.to()).append(behind);
            at = span.to();
        }
        return marked.append(text, at, text.length()).toString();
    }
}
