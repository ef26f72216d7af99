package io.heliograph.search;

import java.util.List;
import java.util.Set;
import org.apache.lucene.search.Query;

/**
 * A query as Lucene runs it.
 *
 * @param lucene  the whole
 * @param leaves  its clauses that can be told to have matched, in the order they are written
 * @param targets the forms of fields that it looks at
 */
record CompiledQuery(Query lucene, List<Leaf> leaves, Set<Target> targets) {

    /**
     * One clause.
     *
     * @param name        its own name, else its text
     * @param isForbidden whether the whole matches only where this does not
     * @param field       the field it looks at; empty for several
     */
    record Leaf(String name, boolean isForbidden, String field, Query lucene) {
    }
}
