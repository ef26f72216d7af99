package io.heliograph.search;

import java.util.EnumMap;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.AnalyzerWrapper;
import org.apache.lucene.analysis.DelegatingAnalyzerWrapper;
import org.apache.lucene.analysis.core.KeywordAnalyzer;
import org.apache.lucene.analysis.miscellaneous.LengthFilter;

/**
 * The one analyzer of queries and events: which of the {@link Language}s it uses is part of a field's name in Lucene, see
 * {@link Target}. Thread-safe. The languages' own analyzers are made at their first use and kept, for the whole process:
 * they are stateless and some hold dictionaries of many megabytes.
 */
final class Analyzers extends DelegatingAnalyzerWrapper {

    static final Analyzers ALL = new Analyzers();

    /** Longer words are left out: Lucene refuses a whole document for one word beyond 32,766 bytes. */
    static final int MAX_WORD_CHARS = 255;

    /** So many places lie between the values of an array, so that no phrase reaches across. */
    private static final int GAP = 1000;

    private final Map<Language, Analyzer> made = new EnumMap<>(Language.class);
    private final Analyzer keyword = new KeywordAnalyzer();

    private Analyzers() {
        super(PER_FIELD_REUSE_STRATEGY);
    }

    @Override
    protected Analyzer getWrappedAnalyzer(String fieldName) {
        return Target.languageOf(fieldName).map(this::of).orElse(keyword);
    }

    Analyzer of(Language language) {
        synchronized (made) {
            return made.computeIfAbsent(language, l -> new Bounded(l.newAnalyzer()));
        }
    }

    private static final class Bounded extends AnalyzerWrapper {
        private final Analyzer analyzer;

        Bounded(Analyzer analyzer) {
            super(GLOBAL_REUSE_STRATEGY);
            this.analyzer = analyzer;
        }

        @Override
        protected Analyzer getWrappedAnalyzer(String fieldName) {
            return analyzer;
        }

        @Override
        protected TokenStreamComponents wrapComponents(String fieldName, TokenStreamComponents components) {
            return new TokenStreamComponents(components.getSource(), new LengthFilter(components.getTokenStream(), 1, MAX_WORD_CHARS));
        }

        @Override
        public int getPositionIncrementGap(String fieldName) {
            return GAP;
        }
    }
}
