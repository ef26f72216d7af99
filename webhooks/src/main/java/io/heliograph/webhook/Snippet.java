package io.heliograph.webhook;

import java.nio.charset.StandardCharsets;

/** Text of strangers, made fit to be stored and shown: one line of so many characters at most. Stateless. */
final class Snippet {

    private Snippet() {
    }

    static String of(byte[] bytes, int length, int most) {
        return of(new String(bytes, 0, length, StandardCharsets.UTF_8), most);
    }

    static String of(String text, int most) {
        return text.codePoints().limit(most)
                .map(c -> Character.isISOControl(c) || !Character.isDefined(c) || isFormat(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString().strip();
    }

    /** Marks that turn the direction of writing, and surrogates that stand alone. */
    private static boolean isFormat(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.FORMAT || type == Character.SURROGATE || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
