package io.heliograph.search;

import io.heliograph.ConfigException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.apache.lucene.util.Version;

/**
 * A {@link SearchIndex} in a folder: Lucene's index as it is, and a list of what is in it, by whose CRC-32C everything is checked
 * before it is used.
 *
 * <pre>
 *   index/...     Lucene's files
 *   searches      magic | terms it was made under | files: name, length, CRC-32C | fields | searches: id, query, ..., targets | CRC-32C
 * </pre>
 *
 * Texts are UTF-8 behind their length in 32 bits. It is written beside the one before and put in its place as a whole.
 */
final class SearchSnapshot {

    private static final String INDEX = "index";
    private static final String SEARCHES = "searches";
    private static final long MAGIC = 0x68656c696f736531L;
    private static final int MAX_TEXT_BYTES = 8 << 20;
    private static final int MAX_COUNT = 1 << 28;

    private SearchSnapshot() {
    }

    /** A search that is in it, and what its query looks at. */
    record Entry(Search search, Set<Target> targets) {
    }

    /**
     * What was written.
     *
     * @param isClosed whether the schema takes only declared fields
     */
    record Contents(List<Field> fields, boolean isClosed, List<Entry> entries) {

        static final Contents NOTHING = new Contents(List.of(), false, List.of());
    }

    /** Writes one; nothing changes meanwhile. */
    static void write(Path folder, SearchConfig config, Schema schema, Collection<Stored> stored, QueryStore queries) throws IOException {
        Path fresh = folder.resolveSibling(folder.getFileName() + ".new");
        delete(fresh);
        Path index = Files.createDirectories(fresh.resolve(INDEX));
        queries.write(index);
        Path list = fresh.resolve(SEARCHES);
        try (var checked = new CheckedOutputStream(new BufferedOutputStream(Files.newOutputStream(list)), new CRC32C());
                var out = new DataOutputStream(checked)) {
            out.writeLong(MAGIC);
            write(out, terms(config));
            writeFiles(out, index);
            out.writeBoolean(schema.isClosed());
            List<Field> fields = schema.fields();
            out.writeInt(fields.size());
            for (Field field : fields) {
                write(out, field);
            }
            out.writeInt(stored.size());
            for (Stored one : stored) {
                write(out, one.search());
                writeTargets(out, one.query().targets());
            }
            out.writeLong(checked.getChecksum().getValue());
        }
        try (FileChannel channel = FileChannel.open(list, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        delete(folder);
        Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Reads the list, and checks that all files are what they were.
     *
     * @throws IOException if there is none, it is damaged, or it was written under other terms
     */
    static Contents read(Path folder, SearchConfig config) throws IOException {
        try (var checked = new CheckedInputStream(new BufferedInputStream(Files.newInputStream(folder.resolve(SEARCHES))), new CRC32C());
                var in = new DataInputStream(checked)) {
            require(in.readLong() == MAGIC, "it is none");
            require(readText(in).equals(terms(config)), "it was written under other terms");
            requireFiles(in, folder.resolve(INDEX));
            boolean isClosed = in.readBoolean();
            int fieldCount = readCount(in);
            var fields = new ArrayList<Field>();
            for (int i = 0; i < fieldCount; i++) {
                fields.add(readField(in));
            }
            int searchCount = readCount(in);
            require(searchCount <= config.maxSearches(), "it has more searches than are allowed (maxSearches)");
            var entries = new ArrayList<Entry>();
            for (int i = 0; i < searchCount; i++) {
                entries.add(new Entry(readSearch(in), readTargets(in)));
            }
            long sum = checked.getChecksum().getValue();
            require(in.readLong() == sum, "its CRC-32C differs");
            return new Contents(fields, isClosed, entries);
        } catch (ConfigException | IllegalArgumentException e) {
            throw new IOException("a snapshot of searches in " + folder + " holds what there is not: " + e.getMessage(), e);
        }
    }

    /** Where Lucene's files are. */
    static Path index(Path folder) {
        return folder.resolve(INDEX);
    }

    /** Queries are found and compiled by these. */
    private static String terms(SearchConfig config) {
        return "1, Lucene " + Version.LATEST + ", " + config.language().code() + ", " + config.queryLimits() + ", maxFields " + config.maxFields();
    }

    private static void writeFiles(DataOutputStream out, Path index) throws IOException {
        var sums = new TreeMap<String, Path>();
        try (Stream<Path> files = Files.list(index)) {
            files.forEach(file -> sums.put(file.getFileName().toString(), file));
        }
        out.writeInt(sums.size());
        for (var file : sums.entrySet()) {
            write(out, file.getKey());
            out.writeLong(Files.size(file.getValue()));
            out.writeLong(sum(file.getValue()));
        }
    }

    private static void requireFiles(DataInputStream in, Path index) throws IOException {
        int count = readCount(in);
        for (int i = 0; i < count; i++) {
            Path file = index.resolve(readText(in));
            require(index.equals(file.getParent()), "it names a file outside");
            require(in.readLong() == Files.size(file), "a file has another length");
            require(in.readLong() == sum(file), "a file's CRC-32C differs");
        }
    }

    private static long sum(Path file) throws IOException {
        var sum = new CRC32C();
        try (InputStream in = new CheckedInputStream(Files.newInputStream(file), sum)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return sum.getValue();
    }

    private static void write(DataOutputStream out, Field field) throws IOException {
        write(out, field.name());
        write(out, field.type().name());
        write(out, field.language().map(Language::code).orElse(""));
        write(out, field.origin().name());
    }

    private static Field readField(DataInputStream in) throws IOException {
        return new Field(readText(in), FieldType.valueOf(readText(in)), readLanguage(in), Field.Origin.valueOf(readText(in)));
    }

    private static void write(DataOutputStream out, Search search) throws IOException {
        write(out, search.id());
        write(out, search.query());
        write(out, search.syntax().name());
        write(out, search.language().map(Language::code).orElse(""));
    }

    private static Search readSearch(DataInputStream in) throws IOException {
        return new Search(readText(in), readText(in), Search.Syntax.valueOf(readText(in)), readLanguage(in));
    }

    private static Optional<Language> readLanguage(DataInputStream in) throws IOException {
        return Optional.of(readText(in)).filter(code -> !code.isEmpty()).map(Language::of);
    }

    private static void writeTargets(DataOutputStream out, Set<Target> targets) throws IOException {
        out.writeInt(targets.size());
        for (Target target : targets) {
            write(out, target.path());
            write(out, target.form().name());
            write(out, target.language().code());
        }
    }

    private static Set<Target> readTargets(DataInputStream in) throws IOException {
        int count = readCount(in);
        var targets = new LinkedHashSet<Target>();
        for (int i = 0; i < count; i++) {
            targets.add(new Target(readText(in), Target.Form.valueOf(readText(in)), Language.of(readText(in))));
        }
        return Set.copyOf(targets);
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInputStream in) throws IOException {
        int length = in.readInt();
        require(length >= 0 && length <= MAX_TEXT_BYTES, "a text is too long");
        byte[] bytes = in.readNBytes(length);
        require(bytes.length == length, "it is cut off");
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int readCount(DataInputStream in) throws IOException {
        int count = in.readInt();
        require(count >= 0 && count <= MAX_COUNT, "a count is not one");
        return count;
    }

    private static void require(boolean holds, String otherwise) throws IOException {
        if (!holds) {
            throw new IOException("a snapshot of searches cannot be used: " + otherwise);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }
}
