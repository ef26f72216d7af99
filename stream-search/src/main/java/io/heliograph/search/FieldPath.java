package io.heliograph.search;

/**
 * What a field is called. {@code topic}, {@code subject} and {@code attributes.NAME} are the event's own; {@code data} is all text of
 * its data; everything else is the path of a JSON member, which {@code data.} may precede: {@code data.topic} is the member.
 */
final class FieldPath {

    static final String TOPIC = "topic";
    static final String SUBJECT = "subject";
    static final String DATA = "data";
    static final String ATTRIBUTES = "attributes.";
    static final String SOURCE = ATTRIBUTES + "source";
    static final String ID = ATTRIBUTES + "id";
    static final String TIME = ATTRIBUTES + "time";

    /** Longer paths are left out. */
    static final int MAX_LENGTH = 256;

    private static final String INTO_DATA = "data.";

    private FieldPath() {
    }

    /** One spelling for each field. */
    static String canonical(String name) {
        if (name.isEmpty()) {
            return DATA;
        }
        if (!name.startsWith(INTO_DATA)) {
            return name;
        }
        String member = name.substring(INTO_DATA.length());
        return isTaken(member) || member.isEmpty() ? name : member;
    }

    /** The field of a member of the data. */
    static String ofMember(String path) {
        return isTaken(path) ? INTO_DATA + path : path;
    }

    private static boolean isTaken(String path) {
        return path.equals(TOPIC) || path.equals(SUBJECT) || path.equals(DATA) || path.startsWith(ATTRIBUTES) || path.startsWith(INTO_DATA);
    }
}
