package io.heliograph.alert;

/** Strangers' text in messages: short, and on one line. Stateless. */
final class Shown {

    private static final int MOST = 80;

    private Shown() {
    }

    static String text(String text) {
        String oneLine = text.codePoints().limit(MOST).map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        return oneLine.length() < text.length() ? oneLine + "..." : oneLine;
    }
}
