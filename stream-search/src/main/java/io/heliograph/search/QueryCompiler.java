package io.heliograph.search;

import io.heliograph.search.Clause.Occur;
import io.heliograph.search.CompiledQuery.Leaf;
import io.heliograph.search.Target.Form;
import io.heliograph.time.WallClock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.TermQuery;

/**
 * Makes Lucene's query of a {@link Clause}, by the types of a schema. Used once.
 *
 * <p>Lucene is asked whether it can run and store the result before anybody does: one query that it cannot store would cost a
 * whole batch.
 */
final class QueryCompiler {

    private final SchemaDraft draft;
    private final QueryLimits limits;
    private final LeafCompiler leafCompiler;
    private final Set<Target> targets = new LinkedHashSet<>();
    private final List<Leaf> leaves = new ArrayList<>();

    private QueryCompiler(SchemaDraft draft, Settings settings) {
        this.draft = draft;
        this.limits = settings.limits();
        this.leafCompiler = new LeafCompiler(draft, settings, targets);
    }

    /**
     * What a query is compiled with.
     *
     * @param own      the search's own language, if it has one: it holds for all text
     * @param fallback the language of text that names none
     */
    record Settings(QueryLimits limits, Optional<Language> own, Language fallback, WallClock clock) {
    }

    /**
     * Compiles a query, and lets the schema learn from it.
     *
     * @throws QueryException if it cannot be used; the schema has learnt nothing then
     */
    static CompiledQuery compile(Clause clause, Schema schema, Settings settings) {
        while (true) {
            var compiler = new QueryCompiler(new SchemaDraft(schema), settings);
            CompiledQuery compiled = compiler.whole(clause);
            if (compiler.draft.commit()) {
                return compiled;
            }
        }
    }

    /**
     * Compiles a query that is not kept; the schema learns nothing.
     *
     * @throws QueryException if it cannot be used
     */
    static CompiledQuery compileOnTrial(Clause clause, Schema schema, Settings settings) {
        return new QueryCompiler(new SchemaDraft(schema), settings).whole(clause);
    }

    /**
     * Compiles a query that the schema has nothing to learn from, so that it does not matter in which order such queries are
     * compiled; empty for any other, and for one that cannot be used.
     */
    static Optional<CompiledQuery> compileKnown(Clause clause, Schema schema, Settings settings) {
        var compiler = new QueryCompiler(new SchemaDraft(schema), settings);
        try {
            CompiledQuery compiled = compiler.whole(clause);
            return compiler.draft.isEmpty() ? Optional.of(compiled) : Optional.empty();
        } catch (QueryException e) {
            return Optional.empty();
        }
    }

    private CompiledQuery whole(Clause clause) {
        try {
            Query query = compile(clause, false).orElseThrow(() -> new QueryException(clause.place(), clause.source(),
                    "nothing of this query is left once its language has dropped the words that are everywhere"));
            requireFewTerms(clause, query);
            OneDocument.EMPTY.matches(query);
            OpenPresearcher.INSTANCE.indexQuery(query, Map.of());
            return new CompiledQuery(query, List.copyOf(leaves), Set.copyOf(targets));
        } catch (QueryException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            throw new QueryException(clause.place(), clause.source(), "Lucene cannot run this query: " + e);
        }
    }

    private Optional<Query> compile(Clause clause, boolean isForbidden) {
        return switch (clause) {
            case Clause.All all -> Optional.of(leaf(all.source(), isForbidden, "", new MatchAllDocsQuery()));
            case Clause.Bool bool -> bool(bool, isForbidden);
            case Clause.Boost(Clause inner, float factor) -> compile(inner, isForbidden).map(query -> new BoostQuery(query, factor));
            case Clause.Named(Clause inner, String name) -> named(inner, name, isForbidden);
            default -> leafCompiler.compile(clause)
                    .map(compiled -> leaf(clause.source(), isForbidden, compiled.field(), compiled.query()));
        };
    }

    private Query leaf(String name, boolean isForbidden, String field, Query query) {
        leaves.add(new Leaf(name, isForbidden, field, query));
        return query;
    }

    /** A name stands for all that is within; of a single clause it takes the place of its text. */
    private Optional<Query> named(Clause inner, String name, boolean isForbidden) {
        int before = leaves.size();
        Optional<Query> query = compile(inner, isForbidden);
        query.ifPresent(compiled -> {
            String field = leaves.size() == before + 1 ? leaves.get(before).field() : "";
            if (leaves.size() == before + 1) {
                leaves.removeLast();
            }
            leaves.add(before, new Leaf(name, isForbidden, field, compiled));
        });
        return query;
    }

    private Optional<Query> bool(Clause.Bool bool, boolean isForbidden) {
        var builder = new BooleanQuery.Builder();
        int wanted = 0;
        int should = 0;
        int kept = 0;
        for (Clause.Part part : bool.parts()) {
            boolean isNot = part.occur() == Occur.MUST_NOT;
            Optional<Query> query = compile(part.clause(), isForbidden ^ isNot);
            if (query.isPresent()) {
                builder.add(query.get(), lucene(part.occur()));
                kept++;
                wanted += isNot ? 0 : 1;
                should += part.occur() == Occur.SHOULD ? 1 : 0;
            }
        }
        if (kept == 0) {
            return Optional.empty();
        }
        if (wanted == 0) {
            // What is only forbidden is everything else; Lucene by itself would find nothing.
            builder.add(new MatchAllDocsQuery(), BooleanClause.Occur.FILTER);
        }
        builder.setMinimumNumberShouldMatch(Math.min(bool.minimumShould(), should));
        return Optional.of(builder.build());
    }

    private static BooleanClause.Occur lucene(Occur occur) {
        return switch (occur) {
            case MUST -> BooleanClause.Occur.MUST;
            case SHOULD -> BooleanClause.Occur.SHOULD;
            case MUST_NOT -> BooleanClause.Occur.MUST_NOT;
        };
    }

    /** A clause of a text without spaces may be hundreds of words; Lucene counts them when it runs. */
    private void requireFewTerms(Clause clause, Query query) {
        var counter = new QueryVisitor() {
            int terms;

            @Override
            public void consumeTerms(Query from, Term... found) {
                terms += found.length;
            }

            @Override
            public void visitLeaf(Query leaf) {
                terms++;
            }
        };
        query.visit(counter);
        // A phrase may be written out in several ways.
        if (counter.terms > Math.min(4 * limits.maxClauses(), 1024)) {
            throw new QueryException(clause.place(), clause.source(), "the query has " + counter.terms
                    + " words once it is analyzed; " + Math.min(4 * limits.maxClauses(), 1024) + " are allowed (4 x maxClauses)");
        }
    }

    static Query term(Target target, String text) {
        return new TermQuery(new Term(target.lucene(), text));
    }

    static Target presence(String path) {
        return Target.of(path, Form.PRESENCE);
    }
}
