package io.heliograph;

/** A setting that cannot be used: the message says which setting, which value, and what is allowed. */
public final class ConfigException extends HeliographException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN_CHARACTERS = 120;

    /**
     * @param setting the setting's name as its user writes it
     * @param value   the value found; only its first {@value #SHOWN_CHARACTERS} characters are shown
     * @param allowed what may stand there instead
     */
    public ConfigException(String setting, Object value, String allowed) {
        super(setting + " '" + shown(String.valueOf(value)) + "': allowed is " + allowed);
    }

    private static String shown(String value) {
        String oneLine = value.codePoints()
                .limit(SHOWN_CHARACTERS)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return oneLine.length() < value.length() ? oneLine + "..." : oneLine;
    }
}
