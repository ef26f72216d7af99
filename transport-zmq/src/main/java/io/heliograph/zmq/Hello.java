package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a subscriber says first, and whenever its filters change. Immutable.
 *
 * @param filtersVersion greater with each change
 * @param subscriptions  how many it has
 * @param windowBytes    what may be on its way to it
 * @param session        the session that it followed here before, 0 if none
 * @param next           the sequence that it expects there
 * @param eventRoom      how many events it takes behind that
 * @param policy         what it asks for, weaker than the publisher's; empty for that
 * @param name           what it goes by in notices
 * @param filters        which topics it wants
 */
record Hello(int filtersVersion, int subscriptions, int windowBytes, long session, long next, long eventRoom,
        Optional<FlowPolicy> policy, String name, List<TopicFilter> filters) {

    private static final int FIXED_BYTES = 4 * Integer.BYTES + 3 * Long.BYTES;
    private static final int MOST_NAME_BYTES = 255;

    /** Writes it as a message that asks for nothing else. */
    ByteBuffer write(long subscriber) {
        return write(subscriber, 0);
    }

    /** Writes it as a message with those flags of HELLO. */
    ByteBuffer write(long subscriber, int flags) {
        byte[] shownName = name.getBytes(StandardCharsets.US_ASCII);
        String ascii = new String(shownName, 0, Math.min(shownName.length, MOST_NAME_BYTES), StandardCharsets.US_ASCII);
        String policyText = policy.map(FlowPolicy::text).orElse("");
        int bytes = MessageLayout.HEADER_BYTES + FIXED_BYTES + 2 + policyText.length() + 1 + ascii.length() + 2
                + filters.stream().mapToInt(filter -> 1 + filter.toString().length()).sum();
        ByteBuffer message = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        MessageLayout.putHeader(message, MessageType.HELLO, flags, session, subscriber);
        message.putInt(filtersVersion).putInt(subscriptions).putInt(windowBytes).putInt(0)
                .putLong(session).putLong(next).putLong(eventRoom);
        Message.putLongText(message, policyText);
        Message.putShortText(message, ascii);
        message.putShort((short) filters.size());
        filters.forEach(filter -> Message.putShortText(message, filter.toString()));
        return message.flip();
    }

    /** Reads one, with at most {@code mostFilters}; empty if it is none. */
    static Optional<Hello> read(ByteBuffer body, int mostFilters) {
        if (body.remaining() < FIXED_BYTES) {
            return Optional.empty();
        }
        int version = body.getInt();
        int subscriptions = body.getInt();
        int window = body.getInt();
        body.getInt();
        long session = body.getLong();
        long next = body.getLong();
        long room = body.getLong();
        Optional<String> policyText = Message.longText(body);
        Optional<String> name = policyText.flatMap(text -> Message.shortText(body));
        if (name.isEmpty() || body.remaining() < 2 || subscriptions < 0 || window < 1 || next < 0 || room < 0) {
            return Optional.empty();
        }
        int count = body.getShort() & 0xffff;
        if (count > mostFilters) {
            return Optional.empty();
        }
        try {
            Optional<FlowPolicy> policy = policyText.filter(text -> !text.isEmpty()).map(FlowPolicy::parse);
            List<TopicFilter> filters = filters(body, count);
            return filters.size() == count
                    ? Optional.of(new Hello(version, subscriptions, window, session, next, room, policy, shown(name.get()), filters))
                    : Optional.empty();
        } catch (ConfigException e) {
            return Optional.empty();
        }
    }

    private static List<TopicFilter> filters(ByteBuffer body, int count) {
        var filters = new ArrayList<TopicFilter>();
        for (int i = 0; i < count; i++) {
            Optional<String> filter = Message.shortText(body);
            if (filter.isEmpty()) {
                break;
            }
            filters.add(TopicFilter.of(filter.get()));
        }
        return filters;
    }

    /** A stranger's name goes into notices: printable characters only. */
    private static String shown(String name) {
        return name.replaceAll("[^ -~]", "?");
    }
}
