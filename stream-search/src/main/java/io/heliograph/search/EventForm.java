package io.heliograph.search;

import io.heliograph.Event;
import io.heliograph.search.EventValues.Value;
import java.util.List;
import org.apache.lucene.document.Document;

/**
 * An event as queries see it.
 *
 * @param values  what it holds
 * @param targets the forms that its fields are in
 */
record EventForm(List<Value> values, Targets targets, Document document) {

    /** Reads an event; the schema learns from it. */
    static EventForm of(Event event, Schema schema, EventLimits limits, Targets targets, Tally tally) {
        List<Value> values = EventValues.of(event, limits, tally);
        for (Value value : values) {
            if (!schema.see(value.path(), value.scalar())) {
                tally.conflicts.increment();
            }
        }
        return new EventForm(values, targets, EventDocument.of(values, targets, tally));
    }

    /** The same event in other forms. */
    EventForm in(Targets others, Tally tally) {
        return new EventForm(values, others, EventDocument.of(values, others, tally));
    }
}
