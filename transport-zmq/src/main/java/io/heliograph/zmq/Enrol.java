package io.heliograph.zmq;

import io.heliograph.TopicFilter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * What a worker says first, on each connection. Immutable.
 *
 * @param session the session that it worked for here before, 0 if none
 * @param prior   what it went by there
 * @param credit  how many events it will hold
 * @param group   whose member it is
 * @param filter  what its group wants
 * @param name    what it goes by in notices
 * @param late    what it handled there since the connection was lost
 */
record Enrol(long session, long prior, int credit, String group, TopicFilter filter, String name, List<Settlement> late) {

    private static final int FIXED_BYTES = Long.BYTES + Integer.BYTES;

    /** Writes it as a message. */
    ByteBuffer write(long worker) {
        String shownName = name.length() > 255 ? name.substring(0, 255) : name;
        ByteBuffer message = WorkMessages.begin(WorkMessageType.ENROL, 0, session, worker, FIXED_BYTES
                + 3 + group.length() + filter.toString().length() + shownName.length() + 2 + late.size() * Settlement.BYTES);
        message.putLong(prior).putInt(credit);
        Message.putShortText(message, group);
        Message.putShortText(message, filter.toString());
        Message.putShortText(message, shownName);
        message.putShort((short) late.size());
        late.forEach(settlement -> settlement.write(message));
        return message.flip();
    }

    /** Reads one; empty if it is none. */
    static Optional<Enrol> read(long session, ByteBuffer body) {
        if (body.remaining() < FIXED_BYTES) {
            return Optional.empty();
        }
        long prior = body.getLong();
        int credit = body.getInt();
        Optional<String> group = Message.shortText(body).filter(WorkConfig::isGroup);
        Optional<String> filter = group.flatMap(text -> Message.shortText(body)).filter(TopicFilter::isValid);
        Optional<String> name = filter.flatMap(text -> Message.shortText(body));
        if (name.isEmpty() || credit < 1 || credit > WorkConfig.MOST_PREFETCH || body.remaining() < Short.BYTES) {
            return Optional.empty();
        }
        int count = body.getShort() & 0xffff;
        return Settlement.readAll(body, count).map(late -> new Enrol(session, prior, credit, group.orElseThrow(),
                TopicFilter.of(filter.orElseThrow()), name.get().replaceAll("[^ -~]", "?"), late));
    }
}
