package io.heliograph.server;

import io.heliograph.alert.Alert;
import io.heliograph.alert.Alerts;
import io.heliograph.cloudevents.CloudEventJson;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The list of alerts. Thread-safe. */
final class AlertRoutes {

    private final Alerts alerts;

    AlertRoutes(Alerts alerts) {
        this.alerts = alerts;
    }

    List<Route> routes() {
        return List.of(new Route(Verb.GET, "/v1/alerts", this::list));
    }

    private Answer list(Call call) {
        int most = Replies.pageSize(call);
        long before = Replies.cursor(call, Replies.NUMBER).map(Long::parseLong).orElse(Long.MAX_VALUE);
        List<Alert> found = alerts.page(call.tenant(), call.query("search"), before, most);
        Optional<Long> next = found.size() < most ? Optional.empty() : Optional.of(found.getLast().position());
        return Answer.json(found.stream().map(AlertRoutes::json).collect(Collectors.joining(",", "{\"items\":[", "]"))
                + next.map(position -> ",\"next\":\"" + position + "\"").orElse("") + "}");
    }

    private static String json(Alert alert) {
        return CloudEventJson.write(alert.event(), id(alert));
    }

    /** An alert's event always has one. */
    static String id(Alert alert) {
        return alert.event().id().orElseThrow();
    }
}
