package io.heliograph.statsd;

import java.util.Optional;

/**
 * Checks that bytes are text which an event's subject may hold. Stateless; allocates nothing.
 *
 * <pre>
 * 0xxxxxxx                              U+0000  to U+007F
 * 110xxxxx 10xxxxxx                     U+0080  to U+07FF
 * 1110xxxx 10xxxxxx 10xxxxxx            U+0800  to U+FFFF, without surrogates
 * 11110xxx 10xxxxxx 10xxxxxx 10xxxxxx   U+10000 to U+10FFFF
 * </pre>
 */
final class Utf8 {

    private static final Optional<BadLine> FINE = Optional.empty();
    private static final int MALFORMED = -1;

    private Utf8() {
    }

    /** Whether one byte is a printable ASCII character. */
    static boolean isPlain(byte b) {
        return b >= 0x20 && b != 0x7f;
    }

    static Optional<BadLine> fault(byte[] bytes, int from, int to) {
        Optional<BadLine> fault = FINE;
        int at = from;
        while (at < to) {
            if (isPlain(bytes[at])) {
                at++;
                continue;
            }
            int length = sequenceLength(bytes[at]);
            int codePoint = codePoint(bytes, at, length, to);
            if (codePoint == MALFORMED) {
                return Optional.of(BadLine.NOT_UTF8);
            }
            if (!isText(codePoint)) {
                fault = Optional.of(BadLine.CONTROL_CHARACTER);
            }
            at += length;
        }
        return fault;
    }

    private static int sequenceLength(byte lead) {
        int ones = Integer.numberOfLeadingZeros(~(lead << 24));
        return ones == 0 ? 1 : ones;
    }

    private static int codePoint(byte[] bytes, int at, int length, int to) {
        byte lead = bytes[at];
        if (lead >= 0) {
            return lead;
        }
        if (length < 2 || length > 4 || at + length > to) {
            return MALFORMED;
        }
        int codePoint = lead & (0x7f >> length);
        for (int i = 1; i < length; i++) {
            int next = bytes[at + i];
            if ((next & 0xc0) != 0x80) {
                return MALFORMED;
            }
            codePoint = (codePoint << 6) | (next & 0x3f);
        }
        int least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
        boolean surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
        return codePoint < least || codePoint > Character.MAX_CODE_POINT || surrogate ? MALFORMED : codePoint;
    }

    private static boolean isText(int codePoint) {
        boolean nonCharacter = (codePoint & 0xfffe) == 0xfffe || (codePoint >= 0xfdd0 && codePoint <= 0xfdef);
        return !Character.isISOControl(codePoint) && !nonCharacter;
    }
}
