package io.heliograph.webhook;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The field {@code Retry-After}: seconds, or a date as RFC 9110 prefers it. Stateless. */
final class RetryAfter {

    static final String NAME = "retry-after";

    /** A number of so many digits is longer than anything that is obeyed, and still no overflow. */
    private static final int MAX_DIGITS = 15;
    private static final Duration FOREVER = Duration.ofSeconds(1_000_000_000_000_000L);

    private RetryAfter() {
    }

    /**
     * Reads the field.
     *
     * @param now what a date is counted from
     * @return empty if it is neither; 0 for a date in the past
     */
    static Optional<Duration> parse(String value, Instant now) {
        String text = value.strip();
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.of(text.length() > MAX_DIGITS ? FOREVER : Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return Optional.of(date.isAfter(now) ? Duration.between(now, date) : Duration.ZERO);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
