package io.heliograph.alert;

import java.time.Duration;

/** Refuses what is out of bounds. Stateless. */
final class Bounds {

    private static final Duration LEAST = Duration.ofSeconds(1);

    private Bounds() {
    }

    static void count(String pointer, long value, long least, long most) {
        if (value < least || value > most) {
            throw new SearchSpecException(pointer, value + " is not allowed here: " + least + " to " + most);
        }
    }

    static void duration(String pointer, Duration value, Duration most) {
        if (value.compareTo(LEAST) < 0 || value.compareTo(most) > 0) {
            throw new SearchSpecException(pointer, value + " is not allowed here: " + LEAST + " to " + most);
        }
    }

    static void text(String pointer, String value, int most) {
        if (value.isEmpty() || value.length() > most) {
            throw new SearchSpecException(pointer, "'" + Shown.text(value) + "' has " + value.length() + " characters: 1 to " + most
                    + " are allowed here");
        }
    }
}
