package io.heliograph.webhook;

import io.heliograph.cloudevents.CloudEventException;
import io.heliograph.cloudevents.CloudEventJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes a request of a parcel as its endpoint wants it, signs it and sends it. Stateless. */
final class Courier {

    private Courier() {
    }

    /** Blocks until the attempt is over, by the endpoint's timeout. */
    static AttemptResult send(WebhookClient client, EndpointSpec spec, Parcel parcel, Instant at) {
        HttpContent content;
        try {
            content = content(spec, parcel);
        } catch (CloudEventException e) {
            return unsent("what is stored cannot be read: " + e.getMessage());
        }
        List<HttpHeader> own = new ArrayList<>(spec.keys().signerAt(at).sign(parcel.message(), at, content.body()));
        spec.origin().ifPresent(origin -> own.add(Handshake.of(origin).onDelivery()));
        return client.deliver(WebhookRequest.of(spec.target(), content, own, spec.headers(), spec.timeout()));
    }

    private static HttpContent content(EndpointSpec spec, Parcel parcel) {
        DueDelivery first = parcel.first();
        if (parcel.isBatch()) {
            return CloudEventBatch.of(parcel.deliveries().stream().map(DueDelivery::content).toList());
        }
        // What is stored is the structured form already.
        return spec.mode() == ContentMode.STRUCTURED ? CloudEventHttp.structured(first.content())
                : CloudEventHttp.write(CloudEventJson.read(first.content()), first.message().text(), spec.mode());
    }

    /** An attempt that was not made; it says nothing of the endpoint. */
    static AttemptResult unsent(String why) {
        return new AttemptResult.Failed(FailureReason.SENDER, why, Optional.empty(), Duration.ZERO);
    }
}
