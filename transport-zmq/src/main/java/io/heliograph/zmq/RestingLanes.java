package io.heliograph.zmq;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lanes that can send nothing and give up what is old for what is new. They rest behind one that moves and wants the same: that
 * one tells them of its events, message by message, in the bytes that it has packed them in, so that for a single event they
 * cost nothing.
 *
 * <pre>
 *   the one that moves   sent | sealed | chunk | chunk | next
 *   one that rests        oldest kept ... next             what lies between it is told when it is woken
 * </pre>
 *
 * <p>Whatever is out of the ordinary wakes them all: from then on each is told of every event itself, as it was before; what
 * they keep and give up is the same at any time. Guarded by the publisher's lock.
 */
final class RestingLanes {

    private Optional<Lane> leader = Optional.empty();
    private List<Lane> resting = List.of();
    /** An event that is larger is lost by one of them. */
    private long mostBytes;
    /** Of which the one that moves packs every event, and gives up none for it; nearly always the very object that is next. */
    private String packedTopic = "";

    boolean contains(Lane lane) {
        return resting.contains(lane);
    }

    boolean isEmpty() {
        return resting.isEmpty();
    }

    /** Whether all of them take in an event of {@code sizeBytes} if they want it. */
    boolean fits(int sizeBytes) {
        return sizeBytes <= mostBytes;
    }

    /** Whether the one that moves packs the next event for them, and gives up none for that. */
    @SuppressWarnings("StringEquality")
    boolean isPacked(String topic, int sizeBytes) {
        if (topic == packedTopic) {
            return true;
        }
        boolean isPacked = leader.isPresent() && leader.get().wants(topic) && !leader.get().isOverflowing(sizeBytes);
        if (isPacked && !leader.get().doesEvict()) {
            packedTopic = topic;
        }
        return isPacked;
    }

    /** Has those of {@code lanes} rest that may, unless some do, behind one that has lost nothing since the last time; says whether any does that did not before. */
    boolean rest(RemoteSubscriber[] lanes) {
        var losing = new ArrayList<Lane>(0);
        for (RemoteSubscriber each : lanes) {
            if (each.lane.hasLostSince()) {
                losing.add(each.lane);
            }
        }
        if (losing.isEmpty() || !resting.isEmpty()) {
            return false;
        }
        for (RemoteSubscriber each : lanes) {
            Lane moving = each.lane;
            if (!losing.contains(moving) && moving.mostBytes() > 0) {
                List<Lane> beside = losing.stream().filter(lane -> lane.isStuck() && lane.isBeside(moving)).toList();
                if (!beside.isEmpty()) {
                    begin(moving, beside);
                    return true;
                }
            }
        }
        return false;
    }

    private void begin(Lane moving, List<Lane> behind) {
        leader = Optional.of(moving);
        resting = behind;
        packedTopic = "";
        mostBytes = moving.mostBytes();
        for (Lane lane : behind) {
            mostBytes = Math.min(mostBytes, lane.mostBytes());
        }
        moving.lead(behind.toArray(Lane[]::new));
    }

    /** None rests any more; says whether one did. */
    boolean wake() {
        if (leader.isEmpty()) {
            return false;
        }
        leader.get().leadNobody();
        leader = Optional.empty();
        resting = List.of();
        packedTopic = "";
        return true;
    }
}
