package io.heliograph.search;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Moments as they are written: ISO 8601, in UTC where no offset is given. */
final class Moments {

    private static final int LONGEST = 40;

    private Moments() {
    }

    /**
     * From the first to the last millisecond of what a text names: a day, a month, a moment.
     *
     * @param firstMs since 1970
     * @param lastMs  since 1970; the same for a moment
     */
    record Span(long firstMs, long lastMs) {

        static Span of(ZonedDateTime start, ChronoUnit unit) {
            return new Span(start.toInstant().toEpochMilli(), start.plus(1, unit).toInstant().toEpochMilli() - 1);
        }
    }

    /** A year, a month, a day, or a moment. */
    static Optional<Span> span(String text) {
        try {
            if (text.length() > LONGEST || text.isEmpty() || !isDigit(text.charAt(0))) {
                return Optional.empty();
            }
            if (text.length() == 4 && text.chars().allMatch(c -> isDigit((char) c))) {
                return Optional.of(Span.of(YearMonth.of(Integer.parseInt(text), 1).atDay(1).atStartOfDay(ZoneOffset.UTC), ChronoUnit.YEARS));
            }
            if (text.length() < 7 || text.charAt(4) != '-') {
                return Numbers.whole(text).map(ms -> new Span(ms, ms));
            }
            if (text.length() == 7) {
                return Optional.of(Span.of(YearMonth.parse(text).atDay(1).atStartOfDay(ZoneOffset.UTC), ChronoUnit.MONTHS));
            }
            if (text.length() == 10) {
                return Optional.of(Span.of(LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC), ChronoUnit.DAYS));
            }
            long ms = moment(text).toEpochMilli();
            return Optional.of(new Span(ms, ms));
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** Whether a string of an event reads like a date, and like nothing else: at least {@code 2026-01-31}. */
    static boolean isDate(String text) {
        return text.length() >= 10 && text.charAt(4) == '-' && span(text).isPresent();
    }

    private static Instant moment(String text) {
        boolean hasOffset = text.endsWith("Z") || text.indexOf('+', 10) > 0 || text.indexOf('-', 10) > 0;
        return hasOffset ? OffsetDateTime.parse(text).toInstant() : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
