package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.testkit.Arrival;
import io.heliograph.testkit.RecordedSubscription;
import io.heliograph.testkit.Recorder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes down what was published and, by testkit's recorder, what every member of every group was handed, and compares both with
 * the publisher's and the groups' sums. Publishing belongs to one thread.
 */
final class GroupWitness {

    private final Recorder recorder = new Recorder(Set.of());
    private final Map<String, List<RecordedSubscription>> members = new HashMap<>();
    private final Map<PublishResult, Long> results = new EnumMap<>(PublishResult.class);
    private final Set<String> accepted = new HashSet<>();

    /** A member of {@code group} at {@code subscriber}. */
    RecordedSubscription member(String group, Subscriber subscriber, Interest interest, EventHandler handler) {
        List<RecordedSubscription> others = members.computeIfAbsent(group, g -> new ArrayList<>());
        var member = recorder.subscription(group + " " + others.size(), subscriber, interest, handler);
        others.add(member);
        return member;
    }

    PublishResult publish(Publisher publisher, Event event) {
        PublishResult result = publisher.publish(event);
        results.merge(result, 1L, Long::sum);
        if (result == PublishResult.ACCEPTED) {
            assertThat(accepted.add(event.text())).as("events are numbered: %s", event.text()).isTrue();
        }
        return result;
    }

    int accepted() {
        return accepted.size();
    }

    List<Arrival.Handed> handed(String group) {
        return members.getOrDefault(group, List.of()).stream().flatMap(member -> member.arrivals().stream())
                .filter(Arrival.Handed.class::isInstance).map(Arrival.Handed.class::cast).toList();
    }

    /** The texts of events whose handler returned in {@code group}. */
    Set<String> handled(String group) {
        var texts = new HashSet<String>();
        handed(group).stream().filter(handed -> !handed.hasThrown()).forEach(handed -> texts.add(handed.delivery().event().text()));
        return texts;
    }

    /** The publisher's sum, in which dead letters count too. */
    void requireSound(ZmqWorkPublisher publisher, long deadLetters) {
        PublisherSums sums = publisher.sums();
        assertThat(sums.difference()).isZero();
        assertThat(sums.accepted()).isEqualTo(accepted.size() + deadLetters);
        assertThat(sums.dropped()).isEqualTo(results.getOrDefault(PublishResult.DROPPED, 0L));
        assertThat(sums.offered()).isEqualTo(results.values().stream().mapToLong(Long::longValue).sum() + deadLetters);
        members.forEach((group, each) -> each.forEach(GroupWitness::requireSound));
    }

    private static void requireSound(RecordedSubscription member) {
        SubscriberSums sums = member.sums();
        long returned = member.arrivals().stream()
                .filter(arrival -> arrival instanceof Arrival.Handed handed && !handed.hasThrown()).count();
        long thrown = member.arrivals().stream()
                .filter(arrival -> arrival instanceof Arrival.Handed handed && handed.hasThrown()).count();
        assertThat(sums.difference()).as("%s: %s", member.name(), sums).isZero();
        assertThat(sums.delivered()).as(member.name()).isEqualTo(returned);
        assertThat(sums.failures()).as(member.name()).isEqualTo(thrown);
    }

    /** A group that was there from the first event on and wants all, once nothing is in its members' hands. */
    void requireSound(GroupSums sums) {
        requireSound(sums, accepted);
    }

    void requireSound(GroupSums sums, Set<String> wanted) {
        String group = sums.group();
        assertThat(sums.difference()).as("%s", sums).isZero();
        assertThat(sums.accepted()).as("%s", sums).isEqualTo(wanted.size());
        List<Arrival.Handed> handed = handed(group);
        Set<String> handled = handled(group);
        assertThat(wanted).containsAll(handled);
        assertThat(sums.acknowledged()).as("%s", sums).isEqualTo(handled.size());
        assertThat(wanted.size() - handled.size()).as("%s", sums)
                .isEqualTo((int) (sums.waiting() + sums.inFlight() + sums.lostTotal()));
        assertThat(sums.failures()).as("%s", sums).isEqualTo(handed.stream().filter(Arrival.Handed::hasThrown).count());
        long again = handed.stream().filter(each -> each.delivery().deliveryCount() > 1).count();
        assertThat(again).as("%s", sums).isLessThanOrEqualTo(sums.redelivered());
        requireCountsRise(handed);
    }

    /** Each delivery of an event has a number of its own, and every position one event. */
    private static void requireCountsRise(List<Arrival.Handed> handed) {
        var numbers = new HashSet<String>();
        var texts = new HashMap<Long, String>();
        for (Arrival.Handed each : handed) {
            Delivery delivery = each.delivery();
            assertThat(numbers.add(delivery.position() + " " + delivery.deliveryCount())).as("%s", delivery).isTrue();
            String text = texts.putIfAbsent(delivery.position().sequence(), delivery.event().text());
            assertThat(text == null || text.equals(delivery.event().text())).isTrue();
        }
    }
}
