package io.heliograph.bench;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.WildcardQuery;

/** A stored query of the suite {@code search}, which each side gets as it likes it: as text, or made for Lucene. */
sealed interface SearchQuery {

    /** In Lucene's syntax. */
    String text();

    /** As Lucene's own. */
    Query lucene();

    /** A word of a text, or a keyword. */
    record Word(String field, String word) implements SearchQuery {
        @Override
        public String text() {
            return field + ":" + word;
        }

        @Override
        public Query lucene() {
            return new TermQuery(new Term(field, word));
        }
    }

    /** Two words in a row. */
    record Phrase(String field, String first, String second) implements SearchQuery {
        @Override
        public String text() {
            return field + ":\"" + first + " " + second + "\"";
        }

        @Override
        public Query lucene() {
            return new PhraseQuery(field, first, second);
        }
    }

    /** Numbers, both bounds included. */
    record Range(String field, long from, long to) implements SearchQuery {

        /** Without an upper bound. */
        static Range from(String field, long from) {
            return new Range(field, from, Long.MAX_VALUE);
        }

        @Override
        public String text() {
            return field + ":[" + from + " TO " + (to == Long.MAX_VALUE ? "*" : to) + "]";
        }

        @Override
        public Query lucene() {
            return LongPoint.newRangeQuery(field, from, to);
        }
    }

    /** Words that begin so. */
    record Prefix(String field, String prefix) implements SearchQuery {
        @Override
        public String text() {
            return field + ":" + prefix + "*";
        }

        @Override
        public Query lucene() {
            return new PrefixQuery(new Term(field, prefix));
        }
    }

    /** Words of a pattern. */
    record Wildcard(String field, String pattern) implements SearchQuery {
        @Override
        public String text() {
            return field + ":" + pattern;
        }

        @Override
        public Query lucene() {
            return new WildcardQuery(new Term(field, pattern));
        }
    }

    /** Whatever comes. */
    record All() implements SearchQuery {
        @Override
        public String text() {
            return "*:*";
        }

        @Override
        public Query lucene() {
            return new MatchAllDocsQuery();
        }
    }

    /** All of some, and none of others. */
    record Both(List<SearchQuery> required, List<SearchQuery> forbidden) implements SearchQuery {

        static Both of(List<SearchQuery> required) {
            return new Both(required, List.of());
        }

        @Override
        public String text() {
            return Stream.concat(required.stream().map(one -> "+" + one.text()), forbidden.stream().map(one -> "-" + one.text()))
                    .collect(Collectors.joining(" "));
        }

        @Override
        public Query lucene() {
            var query = new BooleanQuery.Builder();
            required.forEach(one -> query.add(one.lucene(), BooleanClause.Occur.MUST));
            forbidden.forEach(one -> query.add(one.lucene(), BooleanClause.Occur.MUST_NOT));
            return query.build();
        }
    }

    /** One of two. */
    record Either(SearchQuery one, SearchQuery other) implements SearchQuery {
        @Override
        public String text() {
            return "(" + one.text() + " " + other.text() + ")";
        }

        @Override
        public Query lucene() {
            return new BooleanQuery.Builder().add(one.lucene(), BooleanClause.Occur.SHOULD)
                    .add(other.lucene(), BooleanClause.Occur.SHOULD).build();
        }
    }
}
