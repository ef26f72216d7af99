package io.heliograph.search;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps Lucene from logging that vectors would be faster with a JVM flag: nothing here computes with vectors. */
final class LuceneLog {

    /** Kept, since a logger that nobody holds forgets its level. */
    private static final Logger VECTORIZATION = Logger.getLogger("org.apache.lucene.internal.vectorization.VectorizationProvider");

    private LuceneLog() {
    }

    static void silence() {
        if (VECTORIZATION.getLevel() == null) {
            VECTORIZATION.setLevel(Level.SEVERE);
        }
    }
}
