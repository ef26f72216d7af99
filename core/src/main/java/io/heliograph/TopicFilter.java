package io.heliograph;

/**
 * Which topics a subscription wants: {@code prices.eurusd} is that topic, {@code prices.*} any one level in the
 * star's place, {@code prices.>} everything below {@code prices}, {@code >} everything but the reserved topics below
 * {@code heliograph}, which only a filter that names that level matches.
 *
 * <p>Immutable and thread-safe; {@link #matches} allocates nothing.
 */
public final class TopicFilter {

    /** Every topic outside the reserved level. */
    public static final TopicFilter ALL = new TopicFilter(">");

    private static final String ALLOWED =
            "a topic, in which a whole level may be '*' and the last level may be '>'";

    private final String text;
    private final boolean literal;
    private final boolean startsWithWildcard;

    private TopicFilter(String text) {
        this.text = text;
        this.literal = text.indexOf('*') < 0 && text.indexOf('>') < 0;
        this.startsWithWildcard = text.charAt(0) == '*' || text.charAt(0) == '>';
    }

    /**
     * Parses a filter.
     *
     * @throws ConfigException if {@code text} is no filter
     */
    public static TopicFilter of(String text) {
        if (text.length() > Topic.MAX_LENGTH || text.isEmpty()) {
            throw new ConfigException("topic filter", text, ALLOWED + ", 1 to " + Topic.MAX_LENGTH + " bytes");
        }
        if (!isValid(text)) {
            throw new ConfigException("topic filter", text, ALLOWED);
        }
        return new TopicFilter(text);
    }

    /** Whether {@code text} is a filter. */
    public static boolean isValid(String text) {
        if (text.length() > Topic.MAX_LENGTH || text.isEmpty()) {
            return false;
        }
        int start = 0;
        while (start <= text.length()) {
            int dot = text.indexOf('.', start);
            int end = dot < 0 ? text.length() : dot;
            if (!isLevel(text, start, end)) {
                return false;
            }
            start = end + 1;
        }
        return true;
    }

    private static boolean isLevel(String text, int start, int end) {
        int length = end - start;
        boolean wildcard = length == 1 && (text.charAt(start) == '*'
                || text.charAt(start) == '>' && end == text.length());
        boolean plain = length > 0;
        for (int i = start; i < end && plain; i++) {
            plain = Topic.isLevelCharacter(text.charAt(i));
        }
        return wildcard || plain;
    }

    /** Whether a valid {@code topic} is wanted. */
    public boolean matches(String topic) {
        if (literal) {
            return text.equals(topic);
        }
        if (startsWithWildcard && Topic.isReserved(topic)) {
            return false;
        }
        int f = 0;
        int t = 0;
        while (f < text.length()) {
            char c = text.charAt(f);
            if (c == '>') {
                return t < topic.length();
            }
            int topicEnd = levelEnd(topic, t);
            int filterEnd = levelEnd(text, f);
            boolean same = c == '*'
                    ? topicEnd > t
                    : filterEnd - f == topicEnd - t && text.regionMatches(f, topic, t, topicEnd - t);
            if (!same) {
                return false;
            }
            f = filterEnd + 1;
            t = topicEnd + 1;
        }
        return t > topic.length();
    }

    private static int levelEnd(String text, int from) {
        int dot = from > text.length() ? -1 : text.indexOf('.', from);
        return dot < 0 ? text.length() : dot;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TopicFilter that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The filter as it is written. */
    @Override
    public String toString() {
        return text;
    }
}
