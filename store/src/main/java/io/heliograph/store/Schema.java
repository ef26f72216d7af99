package io.heliograph.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A room's tables: its migrations, in order. Rooms share one store and know nothing of each other, so a room's tables begin
 * with its name. Immutable.
 *
 * @param room       who owns the tables
 * @param migrations numbered 1, 2, 3 ... without a gap
 */
public record Schema(String room, List<Migration> migrations) {

    private static final Pattern FILE_NAME = Pattern.compile("(?:.*/)?(\\d{3,9})-[a-z0-9-]+\\.sql");

    public Schema {
        migrations = List.copyOf(migrations);
        for (int i = 0; i < migrations.size(); i++) {
            if (migrations.get(i).number() != i + 1) {
                throw new IllegalArgumentException("migration " + migrations.get(i).name() + " of " + room
                        + " stands where number " + (i + 1) + " belongs");
            }
        }
    }

    /**
     * Reads migrations from files that lie beside a class.
     *
     * @param beside where they lie
     * @param files  such as {@code 001-outbox.sql}, in order
     * @throws IllegalArgumentException if one is missing, or is not named so
     */
    public static Schema of(String room, Class<?> beside, String... files) {
        var migrations = new ArrayList<Migration>();
        for (String file : files) {
            Matcher name = FILE_NAME.matcher(file);
            if (!name.matches()) {
                throw new IllegalArgumentException("migration '" + file + "' of " + room
                        + ": a name such as 001-outbox.sql is needed");
            }
            migrations.add(new Migration(Integer.parseInt(name.group(1)), file, text(beside, file)));
        }
        return new Schema(room, migrations);
    }

    private static String text(Class<?> beside, String file) {
        try (InputStream stream = beside.getResourceAsStream(file)) {
            if (stream == null) {
                throw new IllegalArgumentException("no file '" + file + "' beside " + beside.getName());
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
