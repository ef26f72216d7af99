package io.heliograph.search;

import io.heliograph.time.WallClock;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;

/**
 * A range of dates that is worked out each time it is asked, since {@code now} goes on. Immutable.
 */
final class MomentRange extends Query {

    private final String field;
    private final Optional<DateMath> low;
    private final boolean isLowInclusive;
    private final Optional<DateMath> high;
    private final boolean isHighInclusive;
    private final WallClock clock;

    private MomentRange(String field, Optional<DateMath> low, boolean isLowInclusive, Optional<DateMath> high,
            boolean isHighInclusive, WallClock clock) {
        this.field = field;
        this.low = low;
        this.isLowInclusive = isLowInclusive;
        this.high = high;
        this.isHighInclusive = isHighInclusive;
        this.clock = clock;
    }

    static Query of(String field, Optional<DateMath> low, boolean isLowInclusive, Optional<DateMath> high, boolean isHighInclusive,
            WallClock clock) {
        var range = new MomentRange(field, low, isLowInclusive, high, isHighInclusive, clock);
        boolean isMoving = low.filter(DateMath::isMoving).isPresent() || high.filter(DateMath::isMoving).isPresent();
        return isMoving ? range : range.at(Instant.EPOCH);
    }

    private Query at(Instant now) {
        long first = low.map(math -> math.at(now)).map(span -> isLowInclusive ? span.firstMs() : above(span.lastMs())).orElse(Long.MIN_VALUE);
        long last = high.map(math -> math.at(now)).map(span -> isHighInclusive ? span.lastMs() : below(span.firstMs())).orElse(Long.MAX_VALUE);
        return LongPoint.newRangeQuery(field, first, last);
    }

    private static long above(long ms) {
        return ms == Long.MAX_VALUE ? ms : ms + 1;
    }

    private static long below(long ms) {
        return ms == Long.MIN_VALUE ? ms : ms - 1;
    }

    @Override
    public Query rewrite(IndexSearcher searcher) {
        long nanos = clock.epochNanos();
        return at(Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L)));
    }

    @Override
    public void visit(QueryVisitor visitor) {
        if (visitor.acceptField(field)) {
            visitor.visitLeaf(this);
        }
    }

    @Override
    public String toString(String defaultField) {
        return field + ":" + (isLowInclusive ? "[" : "{") + low.map(Object::toString).orElse("*") + " TO "
                + high.map(Object::toString).orElse("*") + (isHighInclusive ? "]" : "}");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MomentRange that && field.equals(that.field) && low.equals(that.low) && high.equals(that.high)
                && isLowInclusive == that.isLowInclusive && isHighInclusive == that.isHighInclusive;
    }

    @Override
    public int hashCode() {
        return Objects.hash(field, low, high, isLowInclusive, isHighInclusive);
    }
}
