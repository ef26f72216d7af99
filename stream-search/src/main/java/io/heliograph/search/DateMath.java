package io.heliograph.search;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A date that is reckoned: {@code now-7d/d}, {@code 2026-01-31||+1M}, or plain {@code 2026-01-31}. {@code now} is the moment an
 * event is matched, not the one when the query was stored. Immutable.
 *
 * @param base  what is written before the first step; empty for now
 * @param steps what is done with it, in order
 */
record DateMath(Optional<Moments.Span> base, List<Step> steps) {

    private static final Pattern STEP = Pattern.compile("([+-])([0-9]{1,6})([yMwdhHms])|/([yMwdhHms])");
    private static final int MAX_STEPS = 10;

    /** Adds some units, or goes back to the start of one if there is no amount. */
    record Step(Optional<Long> amount, ChronoUnit unit) {
    }

    static Optional<DateMath> parse(String text) {
        boolean isNow = text.startsWith("now");
        int separator = text.indexOf("||");
        String base = isNow ? "" : separator < 0 ? text : text.substring(0, separator);
        String math = isNow ? text.substring(3) : separator < 0 ? "" : text.substring(separator + 2);
        Optional<Moments.Span> span = Moments.span(base);
        if (!isNow && span.isEmpty()) {
            return Optional.empty();
        }
        return steps(math).map(steps -> new DateMath(span, steps));
    }

    private static Optional<List<Step>> steps(String math) {
        var steps = new ArrayList<Step>();
        Matcher matcher = STEP.matcher(math);
        int at = 0;
        while (at < math.length()) {
            if (steps.size() == MAX_STEPS || !matcher.find(at) || matcher.start() != at) {
                return Optional.empty();
            }
            boolean isRounding = matcher.group(4) != null;
            long sign = "-".equals(matcher.group(1)) ? -1 : 1;
            steps.add(isRounding
                    ? new Step(Optional.empty(), unit(matcher.group(4).charAt(0)))
                    : new Step(Optional.of(sign * Long.parseLong(matcher.group(2))), unit(matcher.group(3).charAt(0))));
            at = matcher.end();
        }
        return Optional.of(List.copyOf(steps));
    }

    private static ChronoUnit unit(char letter) {
        return switch (letter) {
            case 'y' -> ChronoUnit.YEARS;
            case 'M' -> ChronoUnit.MONTHS;
            case 'w' -> ChronoUnit.WEEKS;
            case 'd' -> ChronoUnit.DAYS;
            case 'h', 'H' -> ChronoUnit.HOURS;
            case 'm' -> ChronoUnit.MINUTES;
            default -> ChronoUnit.SECONDS;
        };
    }

    /** Whether it means another moment each time. */
    boolean isMoving() {
        return base.isEmpty();
    }

    /** What it names, by the time it is now: a unit if it is rounded to one or written as one, else a millisecond. */
    Moments.Span at(Instant now) {
        if (steps.isEmpty() && base.isPresent()) {
            return base.get();
        }
        try {
            Instant start = base.map(span -> Instant.ofEpochMilli(span.firstMs())).orElse(now);
            ZonedDateTime time = start.atZone(ZoneOffset.UTC);
            Optional<ChronoUnit> rounded = Optional.empty();
            for (Step step : steps) {
                time = step.amount().isPresent() ? time.plus(step.amount().get(), step.unit()) : floor(time, step.unit());
                rounded = step.amount().isPresent() ? rounded : Optional.of(step.unit());
            }
            ZonedDateTime end = time;
            return rounded.map(unit -> Moments.Span.of(end, unit))
                    .orElseGet(() -> new Moments.Span(end.toInstant().toEpochMilli(), end.toInstant().toEpochMilli()));
        } catch (DateTimeException | ArithmeticException e) {
            // Beyond the end of time.
            return new Moments.Span(Long.MAX_VALUE, Long.MAX_VALUE);
        }
    }

    private static ZonedDateTime floor(ZonedDateTime time, ChronoUnit unit) {
        return switch (unit) {
            case YEARS -> time.truncatedTo(ChronoUnit.DAYS).withDayOfYear(1);
            case MONTHS -> time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
            case WEEKS -> time.truncatedTo(ChronoUnit.DAYS).with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            default -> time.truncatedTo(unit);
        };
    }
}
