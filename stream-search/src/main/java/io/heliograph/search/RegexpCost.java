package io.heliograph.search;

/**
 * What a regular expression costs once its repetitions are written out, found without building anything: Lucene would expand
 * {@code a{1,100000}} for ten seconds before it looks at the cost.
 *
 * <pre>
 *   ab{3}(c|d){2,4}      a=1  b*3=3  (c|d)*4=12  together 16
 * </pre>
 *
 * <p>What Lucene adds to the usual syntax ({@code ~ & @ # < >}) is refused unless escaped. Confined to one call.
 */
final class RegexpCost {

    private static final int MAX_DEPTH = 8;

    private final Place place;
    private final String pattern;
    private final int most;
    private int at;
    private int depth;

    private RegexpCost(Place place, String pattern, int most) {
        this.place = place;
        this.pattern = pattern;
        this.most = most;
    }

    static void require(Place place, String pattern, int most) {
        var cost = new RegexpCost(place, pattern, most);
        if (pattern.isEmpty()) {
            throw cost.error("the regular expression is empty");
        }
        cost.alternatives();
        if (cost.at < pattern.length()) {
            throw cost.error("')' without '(' in a regular expression");
        }
    }

    private long alternatives() {
        long sum = 0;
        while (at < pattern.length() && pattern.charAt(at) != ')') {
            sum = bounded(sum + repeated(atom()));
        }
        return sum;
    }

    private long atom() {
        char c = pattern.charAt(at++);
        return switch (c) {
            case '(' -> group();
            case '[' -> brackets();
            case '\\' -> {
                if (at == pattern.length()) {
                    throw error("nothing follows the last \\ of a regular expression");
                }
                at++;
                yield 1;
            }
            case '"' -> throw error("quotes in a regular expression need \\");
            case '~', '&', '@', '#', '<', '>' -> throw error("'" + c + "' in a regular expression needs \\");
            case '*', '+', '?', '{' -> throw error("nothing precedes '" + c + "' in a regular expression");
            default -> 1;
        };
    }

    private long group() {
        if (++depth > MAX_DEPTH) {
            throw error("parentheses in a regular expression nest " + MAX_DEPTH + " deep at most");
        }
        long inner = alternatives();
        if (at == pattern.length()) {
            throw error("'(' without ')' in a regular expression");
        }
        at++;
        depth--;
        return Math.max(inner, 1);
    }

    private long brackets() {
        int from = at;
        for (; at < pattern.length(); at++) {
            char c = pattern.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == ']' && at > from) {
                at++;
                return 1;
            }
        }
        throw error("'[' without ']' in a regular expression");
    }

    private long repeated(long cost) {
        long sum = cost;
        while (at < pattern.length()) {
            switch (pattern.charAt(at)) {
                case '*', '+', '?' -> at++;
                case '{' -> sum = bounded(sum * Math.max(repetitions(), 1));
                default -> {
                    return sum;
                }
            }
            sum = bounded(sum + 1);
        }
        return sum;
    }

    /** The largest number between braces. */
    private long repetitions() {
        int end = pattern.indexOf('}', at);
        String range = end < 0 ? "" : pattern.substring(at + 1, end);
        if (!range.matches("[0-9]{1,6}(,[0-9]{0,6})?")) {
            throw error("repetitions in a regular expression are such as {2}, {2,} or {2,4}");
        }
        at = end + 1;
        long largest = 0;
        for (String number : range.split(",")) {
            largest = Math.max(largest, Long.parseLong(number));
        }
        return largest;
    }

    private long bounded(long sum) {
        if (sum > most) {
            throw error("the regular expression takes more than " + most + " steps with its repetitions written out (maxRegexpSteps)");
        }
        return sum;
    }

    private QueryException error(String message) {
        return new QueryException(place, "/" + pattern + "/", message);
    }
}
