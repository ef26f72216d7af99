package io.heliograph.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One step of a room's schema. Once it has run anywhere its text stays as it is; a change is the next number. Immutable.
 *
 * @param number counts from 1
 * @param name   what it is called in messages, such as {@code 001-outbox.sql}
 * @param sql    statements that end in {@code ;}, with the words of {@link Dialect}
 */
public record Migration(int number, String name, String sql) {

    public Migration {
        if (number < 1) {
            throw new IllegalArgumentException("migration " + name + " has number " + number + ": they count from 1");
        }
        sql = sql.replace("\r\n", "\n");
    }

    /** SHA-256 of its text, in hexadecimal. */
    String checksum() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(sql.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
