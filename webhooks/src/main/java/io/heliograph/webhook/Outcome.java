package io.heliograph.webhook;

import java.util.Optional;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.MessageHeaders;

/** How an {@link Exchange} ended. */
sealed interface Outcome {

    /** With an answer; its fields are still at hand. */
    record Answered(Answer answer, MessageHeaders fields) implements Outcome {

        /** The value of a field that is there once. */
        Optional<String> field(String name) {
            Header[] all = fields.getHeaders(name);
            return all.length == 1 ? Optional.ofNullable(all[0].getValue()).map(String::strip) : Optional.empty();
        }
    }

    /** Without one. */
    record Broken(FailureReason reason, String detail) implements Outcome {
    }
}
