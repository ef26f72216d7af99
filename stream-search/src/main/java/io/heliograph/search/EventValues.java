package io.heliograph.search;

import io.heliograph.AttributeValue;
import io.heliograph.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * What an event holds, flat: a path and a value each, in the order they were read. Confined to one event.
 *
 * <pre>
 *   {"title": "Garden", "rooms": [{"m2": 12}, {"m2": 20}]}      title=Garden  rooms.m2=12  rooms.m2=20
 * </pre>
 */
final class EventValues {

    /** One value. */
    record Value(String path, Scalar scalar) {
    }

    private final EventLimits limits;
    private final Tally tally;
    private final List<Value> values = new ArrayList<>();

    private EventValues(EventLimits limits, Tally tally) {
        this.limits = limits;
        this.tally = tally;
    }

    static List<Value> of(Event event, EventLimits limits, Tally tally) {
        var values = new EventValues(limits, tally);
        values.readData(event);
        values.readContext(event);
        return values.values;
    }

    private void readData(Event event) {
        if (event.dataLength() > limits.maxBytes()) {
            tally.oversized.increment();
            return;
        }
        if (event.dataLength() == 0) {
            return;
        }
        byte[] data = new byte[event.dataLength()];
        event.data().get(data);
        boolean isJson = DataKind.isJson(event);
        if (isJson || DataKind.looksLikeJson(data)) {
            int before = values.size();
            if (new JsonData(this, limits, tally).read(data)) {
                return;
            }
            tally.malformed.increment();
            values.subList(before, values.size()).clear();
        }
        if (DataKind.isText(event)) {
            add(FieldPath.DATA, new Scalar.Text(event.text()));
        }
    }

    private void readContext(Event event) {
        own(FieldPath.TOPIC, event.topic());
        event.subject().ifPresent(subject -> own(FieldPath.SUBJECT, subject));
        own(FieldPath.SOURCE, event.source());
        event.id().ifPresent(id -> own(FieldPath.ID, id));
        event.time().ifPresent(time -> values.add(new Value(FieldPath.TIME, new Scalar.Whole(time.toEpochMilli()))));
        event.attributes().forEach((name, value) -> values.add(new Value(FieldPath.ATTRIBUTES + name, switch (value) {
            case AttributeValue.Bool(boolean is) -> new Scalar.Truth(is);
            case AttributeValue.Int(int number) -> new Scalar.Whole(number);
            default -> new Scalar.Text(value.canonical());
        })));
    }

    private void own(String path, String text) {
        values.add(new Value(path, new Scalar.Text(text)));
    }

    /** Takes a value if there is room. */
    void add(String path, Scalar scalar) {
        if (values.size() >= limits.maxValues() || path.length() > FieldPath.MAX_LENGTH) {
            tally.valuesLeftOut.increment();
            return;
        }
        values.add(new Value(path, cut(scalar)));
    }

    private Scalar cut(Scalar scalar) {
        if (!(scalar instanceof Scalar.Text(String text)) || text.length() <= limits.maxValueLength()) {
            return scalar;
        }
        tally.textsCut.increment();
        int end = Character.isHighSurrogate(text.charAt(limits.maxValueLength() - 1)) ? limits.maxValueLength() - 1 : limits.maxValueLength();
        return new Scalar.Text(text.substring(0, end));
    }
}
