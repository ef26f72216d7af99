package io.heliograph.search;

import io.heliograph.search.Clause.Bound;
import io.heliograph.time.WallClock;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermRangeQuery;
import org.apache.lucene.util.BytesRef;

/** Ranges by the type of their field. */
final class RangeTypes {

    private RangeTypes() {
    }

    /** The type that the bounds imply for a field that nobody knows yet. */
    static FieldType implied(Clause.Range range) {
        if (all(range, bound -> Numbers.whole(bound.text()).isPresent())) {
            return FieldType.LONG;
        }
        if (all(range, bound -> Numbers.real(bound.text()).isPresent())) {
            return FieldType.DOUBLE;
        }
        return all(range, bound -> DateMath.parse(bound.text()).isPresent()) ? FieldType.DATE : FieldType.KEYWORD;
    }

    /** Whether a bound is a whole number that a double cannot hold. */
    static boolean needsLong(Clause.Range range) {
        return implied(range) == FieldType.LONG
                && !all(range, bound -> Math.abs(Numbers.real(bound.text()).orElse(0.0)) < Numbers.EXACT);
    }

    private interface Test {
        boolean holds(Bound bound);
    }

    private static boolean all(Clause.Range range, Test test) {
        return Stream.of(range.low(), range.high()).allMatch(bound -> bound.isOpen() || test.holds(bound));
    }

    static Query longs(Clause.Range range, Field field, Target target) {
        BigDecimal least = BigDecimal.valueOf(Long.MIN_VALUE);
        BigDecimal most = BigDecimal.valueOf(Long.MAX_VALUE);
        if (!range.low().isOpen()) {
            BigDecimal low = number(range, range.low(), field);
            BigDecimal first = low.setScale(0, RoundingMode.CEILING);
            boolean isLeftOut = !range.low().isInclusive() && first.compareTo(low) == 0;
            least = least.max(isLeftOut ? first.add(BigDecimal.ONE) : first);
        }
        if (!range.high().isOpen()) {
            BigDecimal high = number(range, range.high(), field);
            BigDecimal last = high.setScale(0, RoundingMode.FLOOR);
            boolean isLeftOut = !range.high().isInclusive() && last.compareTo(high) == 0;
            most = most.min(isLeftOut ? last.subtract(BigDecimal.ONE) : last);
        }
        boolean isEmpty = least.compareTo(most) > 0;
        return isEmpty ? new MatchNoDocsQuery("an empty range")
                : LongPoint.newRangeQuery(target.lucene(), least.longValueExact(), most.longValueExact());
    }

    static Query doubles(Clause.Range range, Field field, Target target) {
        double low = Double.NEGATIVE_INFINITY;
        double high = Double.POSITIVE_INFINITY;
        if (!range.low().isOpen()) {
            double bound = number(range, range.low(), field).doubleValue() + 0.0;
            low = range.low().isInclusive() ? bound : DoublePoint.nextUp(bound);
        }
        if (!range.high().isOpen()) {
            double bound = number(range, range.high(), field).doubleValue() + 0.0;
            // Below 0 comes -0.0, which no value is.
            high = range.high().isInclusive() ? bound : DoublePoint.nextDown(bound);
        }
        return low > high ? new MatchNoDocsQuery("an empty range") : DoublePoint.newRangeQuery(target.lucene(), low, high);
    }

    private static BigDecimal number(Clause.Range range, Bound bound, Field field) {
        return Numbers.real(bound.text())
                .map(ok -> new BigDecimal(bound.text()))
                .orElseThrow(() -> LeafCompiler.misfit(at(range, bound), field, bound.text(), "a number"));
    }

    static Query moments(Clause.Range range, Field field, Target target, WallClock clock) {
        return MomentRange.of(target.lucene(), moment(range, range.low(), field), range.low().isInclusive(),
                moment(range, range.high(), field), range.high().isInclusive(), clock);
    }

    private static Optional<DateMath> moment(Clause.Range range, Bound bound, Field field) {
        if (bound.isOpen()) {
            return Optional.empty();
        }
        Optional<DateMath> math = DateMath.parse(bound.text());
        if (math.isEmpty()) {
            throw LeafCompiler.misfit(at(range, bound), field, bound.text(), "a date such as 2026-01-31, 2026-01-31T12:00:00Z or now-7d/d");
        }
        return math;
    }

    private static Clause at(Clause.Range range, Bound bound) {
        return new Clause.Range(bound.place(), range.source(), range.field(), range.low(), range.high());
    }

    static Query texts(Clause.Range range, Target target) {
        BytesRef low = range.low().isOpen() ? null : new BytesRef(range.low().text());
        BytesRef high = range.high().isOpen() ? null : new BytesRef(range.high().text());
        return new TermRangeQuery(target.lucene(), low, high, range.low().isInclusive(), range.high().isInclusive());
    }
}
