package io.heliograph;

/**
 * The grammar of topics: levels of ASCII letters, digits, {@code _} and {@code -}, separated by single dots, at most
 * {@value #MAX_LENGTH} bytes. A topic is a CloudEvents {@code type}.
 *
 * <p>Immutable; {@link #isValid} allocates nothing. Most of the API takes a topic as a string and checks it; whoever uses
 * one topic again and again may check it once, as a {@code Topic}.
 *
 * @param name the topic itself
 */
public record Topic(String name) {

    /** The longest topic, in bytes (which are characters here). */
    public static final int MAX_LENGTH = 255;

    /** Topics below this level carry notices and alerts; a filter that starts with a wildcard does not match them. */
    public static final String RESERVED_LEVEL = "heliograph";

    private static final boolean[] LEVEL_CHARACTERS = new boolean[128];

    static {
        for (int c = 0; c < LEVEL_CHARACTERS.length; c++) {
            LEVEL_CHARACTERS[c] = isLevelCharacter(c);
        }
    }

    /** @throws ConfigException if {@code name} does not follow the grammar */
    public Topic {
        require(name);
    }

    /** Whether {@code topic} follows the grammar. */
    public static boolean isValid(String topic) {
        int length = topic.length();
        if (length == 0 || length > MAX_LENGTH) {
            return false;
        }
        boolean atStart = true;
        for (int i = 0; i < length; i++) {
            char c = topic.charAt(i);
            if (c < LEVEL_CHARACTERS.length && LEVEL_CHARACTERS[c]) {
                atStart = false;
            } else if (c == '.' && !atStart) {
                atStart = true;
            } else {
                return false;
            }
        }
        return !atStart;
    }

    /**
     * Returns {@code topic} unchanged.
     *
     * @throws ConfigException naming the topic and the grammar, if it does not follow it
     */
    public static String require(String topic) {
        if (!isValid(topic)) {
            throw new ConfigException("topic", topic,
                    "dot-separated levels of ASCII letters, digits, '_' and '-', at most " + MAX_LENGTH + " bytes");
        }
        return topic;
    }

    /** Whether {@code topic} lies at or below the reserved level. */
    static boolean isReserved(String topic) {
        return topic.startsWith(RESERVED_LEVEL)
                && (topic.length() == RESERVED_LEVEL.length() || topic.charAt(RESERVED_LEVEL.length()) == '.');
    }

    static boolean isLevelCharacter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-';
    }
}
