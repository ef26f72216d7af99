package io.heliograph.search;

import io.heliograph.search.Target.Form;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.document.LatLonPoint;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.Query;
import org.apache.lucene.util.QueryBuilder;

/** Makes Lucene's query of a clause on one field, and notes which form of the field it looks at. Confined to one compilation. */
final class LeafCompiler {

    private final SchemaDraft draft;
    private final QueryCompiler.Settings settings;
    private final Set<Target> targets;

    LeafCompiler(SchemaDraft draft, QueryCompiler.Settings settings, Set<Target> targets) {
        this.draft = draft;
        this.settings = settings;
        this.targets = targets;
    }

    /** A query and the field it is on. */
    record Compiled(String field, Query query) {
    }

    /** Empty if an analyzer leaves nothing of the clause. */
    Optional<Compiled> compile(Clause clause) {
        return switch (clause) {
            case Clause.Words words -> words(words);
            case Clause.Exact exact -> Optional.of(exact(exact));
            case Clause.Prefix prefix -> Optional.of(pattern(prefix, prefix.field(), Patterns.escape(prefix.text()) + "*"));
            case Clause.Wildcard wildcard -> Optional.of(pattern(wildcard, wildcard.field(), wildcard.pattern()));
            case Clause.Regexp regexp -> Optional.of(regexp(regexp));
            case Clause.Fuzzy fuzzy -> Optional.of(fuzzy(fuzzy));
            case Clause.Range range -> Optional.of(range(range));
            case Clause.Exists exists -> Optional.of(exists(exists));
            case Clause.Distance distance -> Optional.of(distance(distance));
            case Clause.Box box -> Optional.of(box(box));
            default -> throw new IllegalStateException("not a clause on one field: " + clause);
        };
    }

    private Optional<Compiled> words(Clause.Words words) {
        Scalar value = new Scalar.Text(words.text());
        Field field = draft.field(words.place(), words.field(), FieldType.TEXT,
                type -> type != FieldType.GEO_POINT && Values.fits(type, value));
        if (field.type() != FieldType.TEXT) {
            return Optional.of(equal(words, field, words.text()));
        }
        Target target = use(wordsOf(field));
        var builder = new QueryBuilder(Analyzers.ALL);
        // Null is its word for nothing left.
        Query query = switch (words.needs()) {
            case ANY -> builder.createBooleanQuery(target.lucene(), words.text(), BooleanClause.Occur.SHOULD);
            case ALL -> builder.createBooleanQuery(target.lucene(), words.text(), BooleanClause.Occur.MUST);
            case PHRASE -> builder.createPhraseQuery(target.lucene(), words.text(), words.slop());
        };
        return Optional.ofNullable(query).map(found -> new Compiled(field.name(), found));
    }

    private Compiled exact(Clause.Exact exact) {
        Scalar value = new Scalar.Text(exact.text());
        Field field = draft.field(exact.place(), exact.field(), FieldType.KEYWORD,
                type -> type != FieldType.GEO_POINT && type != FieldType.TEXT && Values.fits(type, value));
        return equal(exact, field, exact.text());
    }

    private Compiled equal(Clause clause, Field field, String text) {
        return switch (field.type()) {
            case TEXT -> on(field, QueryCompiler.term(use(wordsOf(field)), text));
            case KEYWORD -> on(field, QueryCompiler.term(use(Target.of(field.name(), Form.EXACT)), text));
            case BOOLEAN -> {
                String truth = Values.truth(new Scalar.Text(text)).orElseThrow(() -> misfit(clause, field, text, "true or false")).toString();
                yield on(field, QueryCompiler.term(use(Target.of(field.name(), Form.BOOLEAN)), truth));
            }
            case LONG, DOUBLE, DATE -> {
                var bound = new Clause.Bound(clause.place(), text, true);
                yield typedRange(new Clause.Range(clause.place(), clause.source(), field.name(), bound, bound), field);
            }
            case GEO_POINT -> throw misfit(clause, field, text, "distance(...) or box(...)");
        };
    }

    private Compiled pattern(Clause clause, String name, String pattern) {
        Field field = textual(clause, name);
        return on(field, field.type() == FieldType.TEXT
                ? Patterns.onText(use(wordsOf(field)), pattern, () -> use(Target.of(field.name(), Form.WHOLE)))
                : Patterns.wildcard(use(Target.of(field.name(), Form.EXACT)), pattern));
    }

    private Compiled regexp(Clause.Regexp regexp) {
        Field field = textual(regexp, regexp.field());
        Target target = use(field.type() == FieldType.TEXT ? wordsOf(field) : Target.of(field.name(), Form.EXACT));
        return on(field, Patterns.regexp(regexp, target));
    }

    private Compiled fuzzy(Clause.Fuzzy fuzzy) {
        Field field = textual(fuzzy, fuzzy.field());
        Target target = use(field.type() == FieldType.TEXT ? wordsOf(field) : Target.of(field.name(), Form.EXACT));
        return on(field, Patterns.fuzzy(fuzzy, target));
    }

    /** The field of a clause that looks at letters. */
    private Field textual(Clause clause, String name) {
        Field field = draft.field(clause.place(), name, FieldType.TEXT, type -> type == FieldType.TEXT);
        if (field.type() != FieldType.TEXT && field.type() != FieldType.KEYWORD) {
            throw misfit(clause, field, clause.source(), "a value or a range; patterns are for text");
        }
        return field;
    }

    private Compiled range(Clause.Range range) {
        FieldType implied = RangeTypes.implied(range);
        Field field = draft.field(range.place(), range.field(), implied,
                type -> type == implied || type == FieldType.DOUBLE && implied == FieldType.LONG);
        return typedRange(range, field);
    }

    private Compiled typedRange(Clause.Range range, Field field) {
        return switch (field.type()) {
            case LONG -> on(field, field.isDeclared() || RangeTypes.needsLong(range)
                    ? RangeTypes.longs(range, field, use(Target.of(field.name(), Form.LONG)))
                    : RangeTypes.doubles(range, field, use(Target.of(field.name(), Form.DOUBLE))));
            case DOUBLE -> on(field, RangeTypes.doubles(range, field, use(Target.of(field.name(), Form.DOUBLE))));
            case DATE -> on(field, RangeTypes.moments(range, field, use(Target.of(field.name(), Form.MOMENT)), settings.clock()));
            case TEXT, KEYWORD -> textRange(range, field);
            case BOOLEAN, GEO_POINT -> throw misfit(range, field, range.source(), "no range");
        };
    }

    /** A field that a word has made text may hold numbers or dates as well, as long as nobody has declared it. */
    private Compiled textRange(Clause.Range range, Field field) {
        FieldType implied = field.isDeclared() ? FieldType.KEYWORD : RangeTypes.implied(range);
        return switch (implied) {
            case LONG, DOUBLE -> on(field, RangeTypes.doubles(range, field, use(Target.of(field.name(), Form.DOUBLE))));
            case DATE -> on(field, RangeTypes.moments(range, field, use(Target.of(field.name(), Form.MOMENT)), settings.clock()));
            default -> {
                if (field.isDeclared() && field.type() == FieldType.TEXT) {
                    throw misfit(range, field, range.source(), "words and phrases; ranges are for keywords, numbers and dates");
                }
                yield on(field, RangeTypes.texts(range, use(Target.of(field.name(), Form.EXACT))));
            }
        };
    }

    private Compiled exists(Clause.Exists exists) {
        Field field = draft.field(exists.place(), exists.field(), FieldType.TEXT, type -> true);
        return on(field, QueryCompiler.term(use(QueryCompiler.presence(field.name())), Patterns.PRESENT));
    }

    private Compiled distance(Clause.Distance distance) {
        Field field = geo(distance, distance.field());
        Target target = use(Target.of(field.name(), Form.PLACE));
        return on(field, LatLonPoint.newDistanceQuery(target.lucene(), distance.latitude(), distance.longitude(), distance.metres()));
    }

    private Compiled box(Clause.Box box) {
        Field field = geo(box, box.field());
        Target target = use(Target.of(field.name(), Form.PLACE));
        return on(field, LatLonPoint.newBoxQuery(target.lucene(), box.bottom(), box.top(), box.left(), box.right()));
    }

    private Field geo(Clause clause, String name) {
        Field field = draft.field(clause.place(), name, FieldType.GEO_POINT, type -> type == FieldType.GEO_POINT);
        boolean isPossible = field.type() == FieldType.GEO_POINT || !field.isDeclared() && field.type() != FieldType.BOOLEAN;
        if (!isPossible) {
            throw misfit(clause, field, clause.source(), "no distance and no box");
        }
        return field;
    }

    private Target wordsOf(Field field) {
        return Target.words(field.name(), settings.own().or(field::language).orElse(settings.fallback()));
    }

    private Target use(Target target) {
        targets.add(target);
        return target;
    }

    private static Compiled on(Field field, Query query) {
        return new Compiled(field.name(), query);
    }

    static QueryException misfit(Clause clause, Field field, String token, String allowed) {
        return new QueryException(clause.place(), token, "field '" + QueryException.shown(field.name()) + "' is "
                + field.type().name().toLowerCase(Locale.ROOT) + ": allowed is " + allowed);
    }
}
