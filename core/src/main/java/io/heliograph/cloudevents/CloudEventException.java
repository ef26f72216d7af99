package io.heliograph.cloudevents;

/** A text that is no CloudEvent in JSON: the message says what is wrong, {@link #pointer} where. */
public final class CloudEventException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN_CHARACTERS = 60;

    private final String pointer;

    /**
     * @param pointer a JSON pointer to what is wrong, such as {@code /type}; empty for the whole text
     * @param message what is wrong, and what is allowed
     */
    public CloudEventException(String pointer, String message) {
        super(pointer.isEmpty() ? message : shown(pointer) + ": " + message);
        this.pointer = pointer;
    }

    private static String shown(String pointer) {
        String oneLine = pointer.replaceAll("\\p{Cntrl}", "?");
        return oneLine.length() > SHOWN_CHARACTERS ? oneLine.substring(0, SHOWN_CHARACTERS) + "..." : oneLine;
    }

    /** A JSON pointer to what is wrong; empty for the whole text. */
    public String pointer() {
        return pointer;
    }
}
