package io.heliograph.search;

import java.util.Locale;
import java.util.function.Supplier;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.AutomatonQuery;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.RegexpQuery;
import org.apache.lucene.search.WildcardQuery;
import org.apache.lucene.util.automaton.LevenshteinAutomata;
import org.apache.lucene.util.automaton.RegExp;
import org.apache.lucene.util.automaton.TooComplexToDeterminizeException;

/** Wildcards, regular expressions and similar words. Their cost has been checked before. */
final class Patterns {

    /** The term of a field that is there. */
    static final String PRESENT = "1";

    private static final int DETERMINIZE_WORK = 10_000;

    private Patterns() {
    }

    /** {@code text} with a backslash before what would be a wildcard. */
    static String escape(String text) {
        return text.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?");
    }

    /** A wildcard over words; one that no word can match, as it has separators in it, over the text as a whole as well. */
    static Query onText(Target words, String pattern, Supplier<Target> whole) {
        Query onWords = wildcard(words, normalized(words, pattern));
        if (!hasSeparator(pattern)) {
            return onWords;
        }
        return new BooleanQuery.Builder()
                .add(onWords, BooleanClause.Occur.SHOULD)
                .add(wildcard(whole.get(), pattern.toLowerCase(Locale.ROOT)), BooleanClause.Occur.SHOULD)
                .build();
    }

    static Query wildcard(Target target, String pattern) {
        return Words.isPrefix(pattern)
                ? new PrefixQuery(new Term(target.lucene(), Words.unescape(pattern.substring(0, pattern.length() - 1))))
                : new WildcardQuery(new Term(target.lucene(), pattern), DETERMINIZE_WORK);
    }

    static Query regexp(Clause.Regexp regexp, Target target) {
        try {
            return new RegexpQuery(new Term(target.lucene(), regexp.pattern()), RegExp.NONE, 0, DETERMINIZE_WORK);
        } catch (TooComplexToDeterminizeException e) {
            throw new QueryException(regexp.place(), regexp.source(), "this regular expression is too complex");
        } catch (IllegalArgumentException e) {
            throw new QueryException(regexp.place(), regexp.source(), "no regular expression: " + e.getMessage());
        }
    }

    static Query fuzzy(Clause.Fuzzy fuzzy, Target target) {
        String text = target.form() == Target.Form.WORDS ? normalized(target, fuzzy.text()) : fuzzy.text();
        // Lucene's own query would build this anew for each event, which takes it a millisecond.
        return new AutomatonQuery(new Term(target.lucene(), text), new LevenshteinAutomata(text, true).toAutomaton(fuzzy.edits()));
    }

    /** The letters between the wildcards as the analyzer of the words would write them: in lower case, mostly. */
    private static String normalized(Target words, String pattern) {
        var result = new StringBuilder();
        var literal = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '*' || c == '?') {
                result.append(escape(normalizedText(words, literal.toString()))).append(c);
                literal.setLength(0);
            } else if (c == '\\' && i + 1 < pattern.length()) {
                i++;
                literal.append(pattern.charAt(i));
            } else {
                literal.append(c);
            }
        }
        String rest = normalizedText(words, literal.toString());
        boolean isPattern = Words.hasWildcard(pattern);
        return result.append(isPattern ? escape(rest) : rest).toString();
    }

    private static String normalizedText(Target words, String text) {
        return text.isEmpty() ? text : Analyzers.ALL.normalize(words.lucene(), text).utf8ToString();
    }

    private static boolean hasSeparator(String pattern) {
        return Words.unescape(pattern).codePoints().anyMatch(c -> !Character.isLetterOrDigit(c) && c != '*' && c != '?' && c != '_'
                && Character.getType(c) != Character.NON_SPACING_MARK && Character.getType(c) != Character.COMBINING_SPACING_MARK);
    }
}
