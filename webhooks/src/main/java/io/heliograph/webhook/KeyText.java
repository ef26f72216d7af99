package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.util.Base64;

/** Keys as text: a prefix, and bytes in standard base64. Its errors show nothing of the text. Stateless. */
final class KeyText {

    private static final int MAX_LENGTH = 256;

    private KeyText() {
    }

    /**
     * @param setting the key's name for the error
     * @param allowed what may stand there
     */
    static byte[] decode(String setting, String prefix, String text, String allowed) {
        if (text.startsWith("v1,") || text.startsWith("v1a,")) {
            throw refusal(setting, allowed + ", without '" + text.substring(0, text.indexOf(',') + 1) + "' before it");
        }
        if (!text.startsWith(prefix) || text.length() > MAX_LENGTH) {
            throw refusal(setting, allowed);
        }
        String base64 = text.substring(prefix.length());
        if (base64.indexOf('-') >= 0 || base64.indexOf('_') >= 0) {
            throw refusal(setting, allowed + ": standard base64 with '+' and '/', not the URL-safe kind");
        }
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            // What the decoder says would show a character of the key.
            throw refusal(setting, allowed);
        }
    }

    static String encode(String prefix, byte[] bytes) {
        return prefix + Base64.getEncoder().encodeToString(bytes);
    }

    static ConfigException refusal(String setting, String allowed) {
        return new ConfigException(setting, "(not shown)", allowed);
    }
}
