package io.heliograph.zmq;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Position;
import io.heliograph.cloudevents.CloudEventJson;
import io.heliograph.flow.Admission;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Occupancy;
import io.heliograph.spi.Environment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a publisher keeps for foreign subscribers, all together: ZeroMQ tells neither which of them is slow nor who they are.
 * Guarded by the publisher's lock. Allocates each message.
 */
final class PlainLane implements Destination {

    private static final Occupancy NO_DISK = new Occupancy();
    private static final byte[] NO_HEADER = {};

    private final long session;
    private final boolean hasHeader;
    private final int mostFilters;
    private final Environment environment;
    /** How often each prefix has been asked for; Latin-1, which keeps any bytes as they are. */
    private final Map<String, Integer> prefixes = new HashMap<>();
    private final ArrayDeque<PlainMessage> waiting = new ArrayDeque<>();
    private final Occupancy memory = new Occupancy();
    private String lastTopic = "";
    private byte[] lastTopicBytes = {};
    private boolean isLastWanted;
    private boolean isStalled;
    private long next;
    private int listeners;
    private long lost;
    private long refusedFilters;

    PlainLane(long session, boolean hasHeader, int mostFilters, Environment environment) {
        this.session = session;
        this.hasHeader = hasHeader;
        this.mostFilters = mostFilters;
        this.environment = environment;
    }

    /** Somebody asks for what begins with {@code prefix}; says {@code false} if there are too many. */
    boolean subscribe(byte[] prefix) {
        String key = new String(prefix, StandardCharsets.ISO_8859_1);
        if (prefixes.size() >= mostFilters && !prefixes.containsKey(key)) {
            refusedFilters++;
            return false;
        }
        prefixes.merge(key, 1, Integer::sum);
        listeners++;
        forgetTopic();
        return true;
    }

    /** Nobody asks for {@code prefix} any more. */
    void unsubscribe(byte[] prefix) {
        Integer count = prefixes.remove(new String(prefix, StandardCharsets.ISO_8859_1));
        if (count != null) {
            listeners -= count;
        }
        forgetTopic();
        if (prefixes.isEmpty()) {
            forgetWaiting();
        }
    }

    private void forgetTopic() {
        lastTopic = "";
        isLastWanted = false;
    }

    /** How many subscriptions of foreign peers there are: at least one where there is any, at most so many. */
    int listeners() {
        return listeners;
    }

    boolean isEmpty() {
        return prefixes.isEmpty();
    }

    /** Events that it gave up before ZeroMQ took them. */
    long lost() {
        return lost;
    }

    /** Subscriptions that were one too many. */
    long refusedFilters() {
        return refusedFilters;
    }

    /** Somebody there does not get on, and for long: nobody waits for that any more. */
    void stall(boolean isNow) {
        isStalled = isNow;
    }

    /** The next event's sequence. */
    void next(long sequence) {
        next = sequence;
    }

    @Override
    @SuppressWarnings("StringEquality")
    public boolean wants(String topic) {
        if (topic != lastTopic) {
            lastTopicBytes = topic.getBytes(StandardCharsets.US_ASCII);
            isLastWanted = isWanted(topic);
            lastTopic = topic;
        }
        return isLastWanted;
    }

    private boolean isWanted(String topic) {
        for (int length = 0; length <= topic.length(); length++) {
            if (prefixes.containsKey(topic.substring(0, length))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public FlowPolicy policy(FlowPolicy ceiling) {
        return isStalled && ceiling.waits() ? FlowPolicy.dropOldest(ceiling.limit()) : ceiling;
    }

    @Override
    public Verdict judge(FlowPolicy ceiling, int sizeBytes, long waitedNs) {
        return Admission.judge(policy(ceiling), memory, memory, NO_DISK, sizeBytes, waitedNs);
    }

    @Override
    public boolean makeRoom(FlowPolicy ceiling, int sizeBytes, long waitedNs) {
        while (true) {
            switch (judge(ceiling, sizeBytes, waitedNs)) {
                case ADMIT -> {
                    return true;
                }
                case EVICT_OLDEST, EVICT_SAME_KEY -> {
                    memory.remove(waiting.removeFirst().size());
                    lost++;
                }
                case DROP, WAIT, BACK_PRESSURED, TOO_LARGE -> {
                    return false;
                }
                case SPILL -> throw new IllegalStateException("there is no disk to spill to: " + ceiling);
            }
        }
    }

    @Override
    public void accept(Event event, FlowPolicy ceiling, long nowNs) {
        byte[] data = new byte[event.dataLength()];
        event.putData(ByteBuffer.wrap(data));
        add(event.topic(), data, hasHeader ? header(event) : NO_HEADER, event.size());
    }

    @Override
    public void accept(String topic, byte[] bytes, int from, int length, FlowPolicy ceiling) {
        byte[] header = hasHeader ? header(Event.of(topic, new byte[0])) : NO_HEADER;
        add(topic, Arrays.copyOfRange(bytes, from, from + length), header, PackedEntries.size(topic.length(), length));
    }

    private byte[] header(Event event) {
        var bare = event.toBuilder().data(new byte[0]);
        event.contentType().ifPresent(bare::contentType);
        long nowEpochNanos = environment.wallClock().epochNanos();
        var delivery = new Delivery(bare.build(), new Position(session, next), nowEpochNanos, nowEpochNanos);
        return CloudEventJson.write(delivery).getBytes(StandardCharsets.UTF_8);
    }

    private void add(String topic, byte[] data, byte[] header, int size) {
        wants(topic);
        waiting.addLast(new PlainMessage(lastTopicBytes, data, header, size));
        memory.add(size);
        next++;
    }

    @Override
    public void skip() {
        next++;
    }

    @Override
    public void lose() {
        lost++;
        next++;
    }

    /** Gives up all that waits. */
    void giveUpAll() {
        lost += waiting.size();
        forgetWaiting();
    }

    private void forgetWaiting() {
        waiting.forEach(message -> memory.remove(message.size()));
        waiting.clear();
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** What is sent next; {@link #putBack} undoes it. */
    Optional<PlainMessage> take() {
        Optional<PlainMessage> first = Optional.ofNullable(waiting.pollFirst());
        first.ifPresent(message -> memory.remove(message.size()));
        return first;
    }

    void putBack(PlainMessage message) {
        waiting.addFirst(message);
        memory.add(message.size());
    }
}
