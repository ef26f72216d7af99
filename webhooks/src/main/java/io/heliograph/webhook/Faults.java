package io.heliograph.webhook;

import io.heliograph.webhook.Outcome.Broken;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;

/** What an exception of the HTTP client says of an exchange. Stateless. */
final class Faults {

    private static final int MAX_DETAIL = 200;

    private Faults() {
    }

    static Broken of(IOException failure) {
        return switch (failure) {
            case StoppedException stopped -> stopped.broken();
            case ConnectTimeoutException e -> broken(FailureReason.CONNECT, e);
            case SocketTimeoutException e -> broken(FailureReason.TIMEOUT, e);
            case SSLException e when causedBy(e, SocketException.class).isPresent() -> broken(FailureReason.CONNECTION_LOST, e);
            case SSLException e -> broken(FailureReason.TLS, e);
            case ConnectException e -> broken(FailureReason.CONNECT, e);
            case NoRouteToHostException e -> broken(FailureReason.CONNECT, e);
            case PortUnreachableException e -> broken(FailureReason.CONNECT, e);
            case MessageConstraintException e -> broken(FailureReason.MALFORMED, e);
            case SocketException e when isUsedUp(e) -> broken(FailureReason.SENDER, e);
            case IOException e when causedBy(e, HttpException.class).isPresent() -> broken(FailureReason.MALFORMED, e);
            default -> broken(FailureReason.CONNECTION_LOST, failure);
        };
    }

    /** The only trace of EMFILE that Java leaves. */
    private static boolean isUsedUp(SocketException e) {
        return String.valueOf(e.getMessage()).contains("Too many open files");
    }

    private static <T extends Throwable> Optional<T> causedBy(Throwable failure, Class<T> type) {
        Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < 8; depth++) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    static Broken broken(FailureReason reason, Exception failure) {
        String message = Optional.ofNullable(failure.getMessage()).orElse(failure.getClass().getSimpleName());
        return new Broken(reason, Snippet.of(message, MAX_DETAIL));
    }
}
