package io.heliograph.search;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What one query would add to a schema; it does so at the end and only if the query can be used. Confined to one compilation. */
final class SchemaDraft {

    private final Schema schema;
    private final Map<String, Field> used = new HashMap<>();
    private final Map<String, Optional<Field>> found = new HashMap<>();

    SchemaDraft(Schema schema) {
        this.schema = schema;
    }

    /**
     * The field that a query names.
     *
     * @param implied what its use implies
     * @param fits    whether a type that only events have suggested does for this use
     */
    Field field(Place place, String name, FieldType implied, Predicate<FieldType> fits) {
        String path = FieldPath.canonical(name);
        Field own = used.get(path);
        if (own != null) {
            return own;
        }
        Optional<Field> known = schema.field(path);
        if (known.isPresent() && known.get().origin() != Field.Origin.SEEN) {
            return known.get();
        }
        Field field = known.isPresent()
                ? new Field(path, fits.test(known.get().type()) ? known.get().type() : implied, Optional.empty(), Field.Origin.CONFIRMED)
                : unknown(place, path, implied);
        used.put(path, field);
        found.put(path, known);
        return field;
    }

    private Field unknown(Place place, String path, FieldType implied) {
        Optional<String> near = Nearest.to(path, schema.shown());
        if (schema.isClosed() || near.isPresent()) {
            throw new QueryException(place, path, "there is no field '" + QueryException.shown(path) + "'"
                    + (schema.isClosed() ? ", and the schema is closed" : ""), near);
        }
        if (path.length() > FieldPath.MAX_LENGTH) {
            throw new QueryException(place, path, "a field's name has at most " + FieldPath.MAX_LENGTH + " characters");
        }
        if (!schema.hasRoom(used.size() + 1)) {
            throw new QueryException(place, path, "there are " + schema.maxFields() + " fields already (maxFields)");
        }
        return new Field(path, implied, Optional.empty(), Field.Origin.USED);
    }

    /** Whether the schema would learn nothing. */
    boolean isEmpty() {
        return used.isEmpty();
    }

    /** Whether it is done; if not, the schema has changed meanwhile, and the query must be looked at again. */
    boolean commit() {
        return schema.adopt(used, found);
    }
}
