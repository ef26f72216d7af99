package io.heliograph.search;

import java.util.Optional;
import java.util.regex.Pattern;

/** Numbers as they are written in queries and in strings of events. */
final class Numbers {

    /** Whole numbers below this are exact as a double. */
    static final double EXACT = 1L << 53;

    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,19}");
    private static final Pattern REAL = Pattern.compile("[+-]?([0-9]{1,40}(\\.[0-9]{0,40})?|\\.[0-9]{1,40})([eE][+-]?[0-9]{1,3})?");

    private Numbers() {
    }

    static Optional<Long> whole(String text) {
        if (text.length() > 20 || !WHOLE.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** A finite number; zero is never negative. */
    static Optional<Double> real(String text) {
        if (text.length() > 100 || !REAL.matcher(text).matches()) {
            return Optional.empty();
        }
        double number = Double.parseDouble(text) + 0.0;
        return Double.isFinite(number) ? Optional.of(number) : Optional.empty();
    }
}
