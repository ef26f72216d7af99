package io.heliograph.webhook;

/**
 * One field of an HTTP request.
 *
 * @param name  as it is sent; names are equal whatever their case
 * @param value as it is sent
 */
public record HttpHeader(String name, String value) {

    /** Shows the name alone: values carry credentials. */
    @Override
    public String toString() {
        return name;
    }
}
