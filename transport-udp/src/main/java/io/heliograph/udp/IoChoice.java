package io.heliograph.udp;

import io.heliograph.ConfigException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which kind of socket an address asks for, written {@code io=auto}, {@code io=native} or {@code io=portable}. */
public enum IoChoice {

    /** Native where that works, portable elsewhere. */
    AUTO,

    /** Linux's own socket calls: whole trains in one call, each way. Refused where they cannot be used. */
    NATIVE,

    /** The JDK's DatagramChannel: a call for each datagram, everywhere. */
    PORTABLE;

    /** @throws ConfigException if {@code text} is none of the choices */
    public static IoChoice of(String text) {
        return Arrays.stream(values())
                .filter(choice -> choice.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new ConfigException("io", text,
                        Arrays.stream(values()).map(IoChoice::text).collect(Collectors.joining(", "))));
    }

    /** As it is written in an address. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
