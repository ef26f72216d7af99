package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a sender asks a receiver before it sends anything: the validation of CloudEvents' HTTP 1.1 Web Hooks, version 1.0.2.
 *
 * <pre>
 * OPTIONS /hook                               200 OK
 * webhook-request-origin: example.com         webhook-allowed-origin: example.com     or *
 * webhook-request-rate: 120                   webhook-allowed-rate: 100               or *; each minute
 * </pre>
 *
 * @param origin        the sender's name, which the receiver answers with; goes out with each delivery too
 * @param ratePerMinute how often the sender would like to send
 * @param callback      where the receiver may agree later
 */
public record Handshake(String origin, OptionalInt ratePerMinute, Optional<TargetUrl> callback) {

    static final String REQUEST_ORIGIN = "webhook-request-origin";
    static final String REQUEST_RATE = "webhook-request-rate";
    static final String REQUEST_CALLBACK = "webhook-request-callback";
    static final String ALLOWED_ORIGIN = "webhook-allowed-origin";
    static final String ALLOWED_RATE = "webhook-allowed-rate";

    private static final int MAX_ORIGIN_LENGTH = 253;

    /** @throws ConfigException if the origin is no name, or the rate is below 1 */
    public Handshake {
        boolean isName = !origin.isEmpty() && origin.length() <= MAX_ORIGIN_LENGTH && !origin.equals("*")
                && origin.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!isName) {
            throw new ConfigException("handshake origin", origin, "1 to " + MAX_ORIGIN_LENGTH
                    + " printable ASCII characters, such as the sender's host name");
        }
        if (ratePerMinute.isPresent() && ratePerMinute.getAsInt() < 1) {
            throw new ConfigException("handshake rate", ratePerMinute.getAsInt(), "at least 1 a minute");
        }
    }

    /** Asks for no rate, and names no callback. */
    public static Handshake of(String origin) {
        return new Handshake(origin, OptionalInt.empty(), Optional.empty());
    }

    /** What is to go out with each delivery. */
    public HttpHeader onDelivery() {
        return new HttpHeader(REQUEST_ORIGIN, origin);
    }

    List<HttpHeader> headers() {
        var headers = new ArrayList<HttpHeader>();
        headers.add(onDelivery());
        ratePerMinute.ifPresent(rate -> headers.add(new HttpHeader(REQUEST_RATE, Integer.toString(rate))));
        callback.ifPresent(url -> headers.add(new HttpHeader(REQUEST_CALLBACK, url.reveal())));
        return headers;
    }

    /** What a receiver's answer means; its status alone never is a consent. */
    HandshakeResult judge(Outcome.Answered answered) {
        Answer answer = answered.answer();
        if (!answer.isSuccess()) {
            return new HandshakeResult.Refused("it answered " + answer.status(), answer);
        }
        Optional<String> allowed = answered.field(ALLOWED_ORIGIN);
        if (allowed.isEmpty()) {
            return new HandshakeResult.Refused("it names no " + ALLOWED_ORIGIN, answer);
        }
        if (!allowed.get().equals("*") && !allowed.get().equals(origin)) {
            return new HandshakeResult.Refused(ALLOWED_ORIGIN + " is '" + Snippet.of(allowed.get(), MAX_ORIGIN_LENGTH)
                    + "', not '" + origin + "'", answer);
        }
        return rate(answered.field(ALLOWED_RATE), answer);
    }

    private HandshakeResult rate(Optional<String> allowed, Answer answer) {
        if (allowed.filter("*"::equals).isPresent() || allowed.isEmpty() && ratePerMinute.isEmpty()) {
            return new HandshakeResult.Granted(OptionalInt.empty());
        }
        if (allowed.filter(text -> text.matches("[1-9][0-9]{0,8}")).isPresent()) {
            return new HandshakeResult.Granted(OptionalInt.of(Integer.parseInt(allowed.get())));
        }
        return new HandshakeResult.Refused(allowed.isEmpty() ? "it names no " + ALLOWED_RATE
                : ALLOWED_RATE + " is '" + Snippet.of(allowed.get(), 20) + "', no number above 0", answer);
    }
}
