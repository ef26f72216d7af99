package io.heliograph.server;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Session;
import io.heliograph.TopicFilter;
import io.heliograph.cloudevents.CloudEventJson;
import io.heliograph.flow.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Shows what a subscription delivers to any number of viewers, as server-sent events: each {@code data:} is one
 * CloudEvent. An event is written as JSON once, however many look on, and not at all if nobody does.
 *
 * <pre>
 * data: {"specversion":"1.0","id":"...","type":"prices.eurusd",...}          an event
 *
 * event: gap
 * data: {...,"type":"heliograph.gap","data":{"session":"...","from":7,"to":9,"count":3,"reason":"network"}}
 *
 * event: missed
 * data: {...,"type":"heliograph.missed","data":{"missed":12,"total":40}}     this viewer was too slow for 12 events
 * </pre>
 *
 * <p>Thread-safe; starts no thread. A slow viewer loses events of its own queue and delays nobody.
 */
public final class EventTail implements EventHandler {

    private static final String GAP_TOPIC = "heliograph.gap";
    private static final String MISSED_TOPIC = "heliograph.missed";

    private final Limit limit;
    // Guarded by this.
    private final List<Viewer> viewers = new ArrayList<>();
    private ViewerSums leftViewers = new ViewerSums(0, 0, 0, 0, 0, 0);
    private boolean closed;

    /**
     * @param limit what waits for one viewer at most; its bytes are counted as characters
     */
    public EventTail(Limit limit) {
        this.limit = limit;
    }

    /** Shows it to the viewers of the default tenant. */
    @Override
    public void onEvent(Delivery delivery) {
        show(Access.DEFAULT_TENANT, delivery.event().topic(), () -> CloudEventJson.writeLine(delivery));
    }

    /** Shows a tenant's viewers an event that has no position; {@code id} is its id where it has none of its own. */
    public void show(String tenant, Event event, String id) {
        show(tenant, event.topic(), () -> CloudEventJson.write(event, id));
    }

    private synchronized void show(String tenant, String topic, Supplier<String> json) {
        String frame = "";
        for (Viewer viewer : viewers) {
            if (viewer.wants(tenant, topic)) {
                frame = frame.isEmpty() ? frame("", json.get()) : frame;
                viewer.offer(frame);
            }
        }
    }

    /** Every viewer of the default tenant hears of a gap, whatever it filters: which topics were lost nobody knows. */
    @Override
    public synchronized void onGap(Gap gap) {
        String json = "{\"session\":\"" + Session.format(gap.session()) + "\",\"from\":"
                + Long.toUnsignedString(gap.from()) + ",\"to\":" + Long.toUnsignedString(gap.to()) + ",\"count\":"
                + gap.count() + ",\"reason\":\"" + gap.reason().label() + "\"}";
        String frame = notice("gap", GAP_TOPIC, json);
        viewers.stream().filter(viewer -> viewer.isOf(Access.DEFAULT_TENANT)).forEach(viewer -> viewer.offer(frame));
    }

    /** What became of the events offered to viewers. */
    public synchronized ViewerSums sums() {
        ViewerSums all = leftViewers;
        for (Viewer viewer : viewers) {
            all = plus(all, viewer.sums());
        }
        return all;
    }

    /**
     * Opens a stream of the events that come from now on.
     *
     * @throws Problem 503 if {@code most} are open
     */
    synchronized Viewer open(String tenant, TopicFilter filter, int most) {
        if (closed || viewers.size() >= most) {
            throw new Problem(503, "too-many-viewers",
                    "streams open '" + viewers.size() + "': allowed is at most " + most);
        }
        var viewer = new Viewer(tenant, filter, limit);
        viewers.add(viewer);
        return viewer;
    }

    /** Ends a stream. */
    synchronized void close(Viewer viewer) {
        viewer.close();
        if (viewers.remove(viewer)) {
            leftViewers = plus(leftViewers, viewer.sums());
        }
    }

    /** Ends every stream, and opens no more. */
    synchronized void close() {
        closed = true;
        List.copyOf(viewers).forEach(this::close);
    }

    /** The frame that tells a viewer what it missed. */
    static String missed(Viewer.Batch batch) {
        return notice("missed", MISSED_TOPIC, "{\"missed\":" + batch.missed() + ",\"total\":" + batch.total() + "}");
    }

    private static String notice(String name, String topic, String json) {
        String id = UUID.randomUUID().toString();
        return frame("event: " + name + "\n", CloudEventJson.write(Event.json(topic, json), id));
    }

    private static String frame(String head, String jsonLine) {
        return head + "data: " + jsonLine + "\n\n";
    }

    private static ViewerSums plus(ViewerSums a, ViewerSums b) {
        return new ViewerSums(a.open() + b.open(), a.offered() + b.offered(), a.written() + b.written(),
                a.missed() + b.missed(), a.left() + b.left(), a.waiting() + b.waiting());
    }
}
