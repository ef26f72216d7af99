package io.heliograph.search;

/** Escapes and wildcards in a word of Lucene's syntax: {@code \} takes the next character as it is. */
final class Words {

    private Words() {
    }

    static String unescape(String word) {
        if (word.indexOf('\\') < 0) {
            return word;
        }
        var text = new StringBuilder(word.length());
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '\\' && i + 1 < word.length()) {
                i++;
                c = word.charAt(i);
            }
            text.append(c);
        }
        return text.toString();
    }

    static boolean hasWildcard(String word) {
        return firstWildcard(word) >= 0;
    }

    /** Where the first wildcard stands; -1 if there is none. */
    static int firstWildcard(String word) {
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '*' || c == '?') {
                return i;
            }
        }
        return -1;
    }

    static int wildcards(String word) {
        int count = 0;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '*' || c == '?') {
                count++;
            }
        }
        return count;
    }

    /** Whether the only wildcard is a {@code *} at the end. */
    static boolean isPrefix(String word) {
        return word.length() > 1 && firstWildcard(word) == word.length() - 1 && word.endsWith("*");
    }
}
