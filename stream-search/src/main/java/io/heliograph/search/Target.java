package io.heliograph.search;

import java.util.Optional;

/**
 * One form in which a field's values are put before queries, named in Lucene by form, language and path: {@code t.ru:title},
 * {@code d:price}. An event is only brought into the forms that some query asks for.
 *
 * @param path     of the field
 * @param form     what is made of its values
 * @param language of the words, for {@link Form#WORDS}; STANDARD for the others
 */
record Target(String path, Form form, Language language) {

    /** What is made of a value. */
    enum Form {
        /** Analyzed text. */
        WORDS("t"),
        /** The text as it is. */
        EXACT("k"),
        /** The text as a whole in lower case. */
        WHOLE("w"),
        /** A whole number. */
        LONG("l"),
        /** A number. */
        DOUBLE("d"),
        /** {@code true} or {@code false}. */
        BOOLEAN("b"),
        /** Milliseconds since 1970. */
        MOMENT("m"),
        /** A place. */
        PLACE("g"),
        /** That there is a value at all. */
        PRESENCE("x");

        final String letter;

        Form(String letter) {
            this.letter = letter;
        }
    }

    static Target of(String path, Form form) {
        return new Target(path, form, Language.STANDARD);
    }

    static Target words(String path, Language language) {
        return new Target(path, Form.WORDS, language);
    }

    /** The field's name in Lucene. */
    String lucene() {
        return form == Form.WORDS ? "t." + language.code() + ":" + path : form.letter + ":" + path;
    }

    /** The language in a field's name in Lucene, if it holds words. */
    static Optional<Language> languageOf(String lucene) {
        if (!lucene.startsWith("t.")) {
            return Optional.empty();
        }
        int end = lucene.indexOf(':');
        return end < 0 ? Optional.empty() : Optional.of(Language.of(lucene.substring(2, end)));
    }
}
