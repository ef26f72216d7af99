package io.heliograph.alert;

/** Where alerts go, beside the list of alerts and its stream, where all are. */
public sealed interface Recipient {

    /** As it is written in a search's {@code deliver}. */
    String text();

    /** A webhook endpoint of the search's tenant: {@code endpoint:ID}. */
    record ToEndpoint(String id) implements Recipient {
        @Override
        public String text() {
            return ENDPOINT + id;
        }
    }

    /** An address that the operator has named: {@code address:NAME}. */
    record ToAddress(String name) implements Recipient {
        @Override
        public String text() {
            return ADDRESS + name;
        }
    }

    /** What an endpoint begins with. */
    String ENDPOINT = "endpoint:";

    /** What an address begins with. */
    String ADDRESS = "address:";

    /**
     * Reads one.
     *
     * @throws SearchSpecException if it is neither
     */
    static Recipient parse(String text) {
        if (text.startsWith(ENDPOINT) && text.length() > ENDPOINT.length()) {
            return new ToEndpoint(text.substring(ENDPOINT.length()));
        }
        if (text.startsWith(ADDRESS) && text.length() > ADDRESS.length()) {
            return new ToAddress(text.substring(ADDRESS.length()));
        }
        throw new SearchSpecException("/deliver", "'" + Shown.text(text) + "' is neither endpoint:ID nor address:NAME");
    }
}
