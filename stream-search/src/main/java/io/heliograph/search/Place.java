package io.heliograph.search;

/**
 * Where in a query something stands.
 *
 * @param line   from 1
 * @param column from 1, in UTF-16 units
 */
record Place(int line, int column) {

    static final Place START = new Place(1, 1);

    static Place at(String text, int offset) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < offset && i < text.length(); i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new Place(line, offset - lineStart + 1);
    }
}
