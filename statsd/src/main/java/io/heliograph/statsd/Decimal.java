package io.heliograph.statsd;

import java.nio.charset.StandardCharsets;

/**
 * Reads plain decimal numbers. Stateless; allocates only for a number of more than 15 digits or an extreme exponent.
 *
 * <pre>
 * -12.5e+3
 * ^          sign, optional
 *  ^^^^      digits, with at most one point among, before or after them
 *      ^^^^  exponent, optional
 * </pre>
 */
final class Decimal {

    /** Up to this, a whole number and a power of ten are both exact, so one division or product rounds correctly. */
    private static final long MAX_EXACT_SIGNIFICAND = 1L << 53;

    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };

    private static final int MAX_EXPONENT = 10_000;

    private Decimal() {
    }

    /** The double nearest to the number in {@code [from, to)}; NaN if that is no number, infinite if it is too big. */
    static double parse(byte[] bytes, int from, int to) {
        int at = from;
        boolean negative = at < to && bytes[at] == '-';
        if (negative || (at < to && bytes[at] == '+')) {
            at++;
        }
        long significand = 0;
        int digits = 0;
        int scale = 0;
        boolean exact = true;
        boolean pointSeen = false;
        for (; at < to; at++) {
            int digit = bytes[at] - '0';
            if (digit >= 0 && digit <= 9) {
                digits++;
                scale += pointSeen ? 1 : 0;
                exact &= significand < MAX_EXACT_SIGNIFICAND / 10;
                significand = exact ? significand * 10 + digit : significand;
            } else if (bytes[at] == '.' && !pointSeen) {
                pointSeen = true;
            } else {
                break;
            }
        }
        if (digits == 0) {
            return Double.NaN;
        }
        int exponent = 0;
        if (at < to) {
            exponent = exponent(bytes, at, to);
            if (exponent > MAX_EXPONENT) {
                return Double.NaN;
            }
        }
        int power = exponent - scale;
        boolean clamped = Math.abs(exponent) == MAX_EXPONENT;
        if (!exact || clamped || Math.abs(power) >= POWERS_OF_TEN.length) {
            return Double.parseDouble(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
        }
        double magnitude = power < 0 ? significand / POWERS_OF_TEN[-power] : significand * POWERS_OF_TEN[power];
        return negative ? -magnitude : magnitude;
    }

    /** The exponent written as {@code e+3}, clamped to a range that any double fits in; above that if there is none. */
    private static int exponent(byte[] bytes, int from, int to) {
        int at = from + 1;
        boolean marked = bytes[from] == 'e' || bytes[from] == 'E';
        boolean negative = at < to && bytes[at] == '-';
        if (negative || (at < to && bytes[at] == '+')) {
            at++;
        }
        if (!marked || at == to) {
            return Integer.MAX_VALUE;
        }
        int exponent = 0;
        for (; at < to; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9) {
                return Integer.MAX_VALUE;
            }
            exponent = Math.min(exponent * 10 + digit, MAX_EXPONENT);
        }
        return negative ? -exponent : exponent;
    }
}
