package io.heliograph.search;

import io.heliograph.ConfigException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The fields of events, and what their values are. Types are declared, or inferred: from a query's use at first (a word or a
 * phrase implies text, a range of numbers a number, of dates a date), which the first event confirms; or from events, until a
 * query uses the field. From then on a type stays. A closed schema takes no field but the declared ones, beside those that queries
 * used when it was closed.
 *
 * <p>Thread-safe. Holds at most as many fields as its index allows; what events bring beyond is counted.
 */
public final class Schema {

    private static final List<Field> OWN = List.of(
            Field.of(FieldPath.TOPIC, FieldType.KEYWORD),
            Field.of(FieldPath.SUBJECT, FieldType.KEYWORD),
            Field.of(FieldPath.SOURCE, FieldType.KEYWORD),
            Field.of(FieldPath.ID, FieldType.KEYWORD),
            Field.of(FieldPath.TIME, FieldType.DATE),
            Field.of(FieldPath.DATA, FieldType.TEXT));

    private final Map<String, Field> fields = new ConcurrentHashMap<>();
    private final int maxFields;
    private final LongAdder ignored = new LongAdder();
    private volatile boolean isClosed;

    Schema(int maxFields) {
        this.maxFields = maxFields + OWN.size();
        OWN.forEach(field -> fields.put(field.name(), field));
    }

    /** What was there before; a closed one takes no more. */
    void restore(List<Field> known, boolean isClosedThen) {
        known.forEach(this::restore);
        isClosed = isClosedThen;
    }

    /** A schema that holds nothing but the fields every event has. */
    public static Schema open() {
        return new Schema(SearchConfig.defaults().maxFields());
    }

    /**
     * Declares a field.
     *
     * @throws ConfigException if a query already uses it as something else, or there are too many fields
     */
    public void declare(Field field) {
        String path = FieldPath.canonical(field.name());
        if (path.length() > FieldPath.MAX_LENGTH) {
            throw new ConfigException("field", path, "at most " + FieldPath.MAX_LENGTH + " characters");
        }
        put(path, field.from(Field.Origin.DECLARED));
    }

    /**
     * Takes over a field as a schema had it before, wherever its type came from: one that a query had implied bears other uses, as
     * it did then.
     *
     * @throws ConfigException if a query already uses it as something else, or there are too many fields
     */
    public void restore(Field field) {
        boolean isKnown = field(field.name()).filter(known -> known.isDeclared() && mayBecome(known, field)).isPresent();
        if (!isKnown) {
            put(FieldPath.canonical(field.name()), field);
        }
    }

    private void put(String path, Field field) {
        synchronized (fields) {
            field(path).filter(known -> !mayBecome(known, field)).ifPresent(known -> {
                throw new ConfigException("field " + path, field.type(), "what it is already: " + known.type()
                        + known.language().map(language -> " in " + language.code()).orElse(""));
            });
            requireRoom(path);
            fields.put(path, new Field(path, field.type(), field.language(), field.origin()));
        }
    }

    private static boolean mayBecome(Field known, Field field) {
        return known.origin() == Field.Origin.SEEN || known.type() == field.type() && known.language().equals(field.language());
    }

    /**
     * From now on queries may use nothing but what is declared, or used by then, and events add nothing. What only events had is
     * forgotten.
     */
    public void close() {
        synchronized (fields) {
            isClosed = true;
            fields.values().removeIf(field -> field.origin() == Field.Origin.SEEN);
        }
    }

    /** From now on fields are inferred again. */
    public void reopen() {
        isClosed = false;
    }

    /** The field of a name, if it is known. */
    public Optional<Field> field(String name) {
        return Optional.ofNullable(fields.get(FieldPath.canonical(name)));
    }

    /** All fields, by name. */
    public List<Field> fields() {
        return fields.values().stream().sorted(Comparator.comparing(Field::name)).toList();
    }

    /** How many values of events were of fields that there was no room for. */
    public long ignored() {
        return ignored.sum();
    }

    /** Whether it takes no field but the declared ones. */
    public boolean isClosed() {
        return isClosed;
    }

    /**
     * What a query may have meant: fields that are declared, or that some event had. The event's own count only in a closed
     * schema: elsewhere {@code date} is a field that no event has had yet, and not {@code data}.
     */
    Collection<String> shown() {
        return fields.values().stream()
                .filter(field -> field.origin() != Field.Origin.USED && (isClosed || !OWN.contains(field)))
                .map(Field::name).toList();
    }

    boolean hasRoom(int more) {
        return fields.size() + more <= maxFields;
    }

    int maxFields() {
        return maxFields - OWN.size();
    }

    /** Takes over what a query's use implies, unless somebody else has been quicker with one of the fields, or has closed it. */
    boolean adopt(Map<String, Field> used, Map<String, Optional<Field>> found) {
        if (used.isEmpty()) {
            return true;
        }
        synchronized (fields) {
            boolean isUnchanged = used.keySet().stream()
                    .allMatch(path -> Optional.ofNullable(fields.get(path)).equals(found.getOrDefault(path, Optional.empty())))
                    && !(isClosed && !fields.keySet().containsAll(used.keySet()));
            if (isUnchanged) {
                fields.putAll(used);
            }
            return isUnchanged;
        }
    }

    /** An event has a value in a field: returns whether the field can hold it. */
    boolean see(String path, Scalar value) {
        Field known = fields.get(path);
        if (known == null) {
            add(path, value);
            return true;
        }
        return switch (known.origin()) {
            case DECLARED, CONFIRMED -> Values.fits(known.type(), value);
            case USED -> {
                boolean fits = Values.fits(known.type(), value);
                if (fits) {
                    replace(known, known.from(Field.Origin.CONFIRMED));
                }
                yield fits;
            }
            case SEEN -> {
                if (!Values.fits(known.type(), value)) {
                    replace(known, known.as(Values.together(known.type(), Values.typeOf(value))));
                }
                yield true;
            }
        };
    }

    private void add(String path, Scalar value) {
        if (isClosed) {
            return;
        }
        synchronized (fields) {
            if (isClosed) {
                return;
            }
            if (!hasRoom(1)) {
                ignored.increment();
                return;
            }
            fields.putIfAbsent(path, new Field(path, Values.typeOf(value), Optional.empty(), Field.Origin.SEEN));
        }
    }

    private void replace(Field known, Field with) {
        fields.replace(known.name(), known, with);
    }

    private void requireRoom(String path) {
        if (!fields.containsKey(path) && !hasRoom(1)) {
            throw new ConfigException("field", path, "at most " + maxFields() + " fields (maxFields)");
        }
    }
}
