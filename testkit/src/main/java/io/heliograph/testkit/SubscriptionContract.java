package io.heliograph.testkit;

import static io.heliograph.testkit.Scene.numbers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.ledger.SubscriberSums;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What every transport's subscriptions must do: filters, handlers that fail, joining late, leaving, polling. */
public abstract class SubscriptionContract extends TransportContract {

    /** For subclasses. */
    protected SubscriptionContract() {
    }

    @Test
    void deliversOnlyTheTopicsThatAFilterWants() {
        var wanted = Map.of(
                ">", List.of("prices", "prices.eurusd", "prices.eur.usd", "Prices.eurusd", "news"),
                "prices.>", List.of("prices.eurusd", "prices.eur.usd"),
                "prices.*", List.of("prices.eurusd"),
                "*.eurusd", List.of("prices.eurusd", "Prices.eurusd"),
                "*", List.of("prices", "news"),
                "prices.*.usd", List.of("prices.eur.usd"),
                "prices", List.of("prices"),
                "heliograph.>", List.of("heliograph.alert"),
                "heliograph.alert", List.of("heliograph.alert"));
        List<Listener> listeners = wanted.keySet().stream().map(filter -> scene().listen(filter)).toList();
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, wanted.size());
        List<String> topics = List.of("prices", "prices.eurusd", "prices.eur.usd", "Prices.eurusd", "news", "heliograph.alert");
        topics.forEach(topic -> assertEquals(PublishResult.ACCEPTED, publisher.publish(Event.of(topic, topic))));
        scene().settle();
        listeners.forEach(listener -> {
            RecordedSubscription subscription = listener.subscription();
            String filter = subscription.interest().filter().toString();
            List<String> expected = wanted.getOrDefault(filter, List.of());
            assertEquals(expected, subscription.texts(), "filter " + filter);
            assertEquals(topics.size() - expected.size(), subscription.sums().filtered(), "filter " + filter);
        });
    }

    @Test
    void handsOutOnlyTheEventsThatMeetItsConditionAndCountsTheOthersAsFiltered() {
        Interest odd = Interest.inAll().where(event -> Integer.parseInt(event.text()) % 2 == 1)
                .where(event -> {
                    if (event.text().equals("7")) {
                        throw new StackOverflowError("no 7");
                    }
                    return true;
                });
        Subscriber subscriber = scene().subscriber();
        if (!capabilities().has(Trait.CONDITIONS)) {
            assertThrows(ConfigException.class, () -> subscriber.subscribe(odd, delivery -> { }));
            return;
        }
        List<String> handed = new ArrayList<>();
        Subscription subscription = subscriber.subscribePolled(odd);
        Listener other = scene().listen();
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 2);
        scene().publish(publisher, 0, 10);
        scene().settle();
        scene().await("10 events", () -> subscription.sums().known() == 10);
        while (subscription.poll(delivery -> handed.add(delivery.event().text()), 1) > 0) {
            assertEquals(0, subscription.sums().difference());
        }
        assertEquals(List.of("1", "3", "5", "9"), handed);
        assertEquals(numbers(0, 10), other.numbers());
        SubscriberSums sums = subscription.sums();
        assertEquals(4, sums.delivered());
        assertEquals(5, sums.filtered());
        assertEquals(Map.of(LossReason.FAILED, 1L), sums.lost());
        assertEquals(1, sums.failures());
        assertEquals(0, sums.difference());
        subscription.close();
    }

    @Test
    void servesSeveralSubscriptionsAlike() {
        Subscriber shared = scene().subscriber();
        List<Listener> listeners = List.of(scene().listen(shared, Interest.inAll(), d -> { }),
                scene().listen(shared, Interest.inAll(), d -> { }), scene().listen());
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 3);
        scene().publish(publisher, 0, 40);
        scene().settle();
        listeners.forEach(listener -> assertEquals(numbers(0, 40), listener.numbers()));
    }

    @Test
    void startsALateOneAtTheNextEvent() {
        RecordedPublisher publisher = scene().publisher();
        Listener early = scene().listen();
        scene().publish(publisher, 0, 20);
        scene().settle();
        Listener late = scene().listen();
        awaitListeners(publisher, 2);
        scene().publish(publisher, 20, 30);
        scene().settle();
        assertEquals(numbers(0, 30), early.numbers());
        assertEquals(numbers(20, 30), late.numbers());
        assertEquals(10, late.subscription().sums().known());
        assertEquals(0, late.subscription().sums().lostTotal());
    }

    @Test
    void countsAHandlerThatThrowsAndSparesTheOthers() {
        Listener failing = scene().listen(delivery -> {
            int number = Integer.parseInt(delivery.event().text());
            if (number == 3 || number == 4) {
                throw new Exception("no " + number);
            }
            if (number == 6) {
                throw new StackOverflowError("no 6");
            }
        });
        Listener sound = scene().listen();
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 2);
        scene().publish(publisher, 0, 10);
        scene().settle();
        SubscriberSums sums = failing.subscription().sums();
        assertEquals(7, sums.delivered());
        assertEquals(3, sums.failures());
        assertEquals(Map.of(LossReason.FAILED, 3L), sums.lost());
        assertEquals(numbers(0, 10), sound.numbers());
        assertEquals(10, sound.subscription().sums().delivered());
        // Once for 3 and 4, once more for 6.
        List<Notice.HandlerFailed> notices = scene().notices().of(Notice.HandlerFailed.class);
        assertEquals(List.of(3L, 6L), notices.stream().map(notice -> notice.position().sequence()).toList());
        assertTrue(notices.getFirst().error().contains("no 3"), notices.getFirst().error());
    }

    @Test
    void goesOnHearingWhenItsHandlerInterruptsItself() {
        Listener listener = scene().listen(delivery -> Thread.currentThread().interrupt());
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 1);
        for (int number = 0; number < 3; number++) {
            scene().publish(publisher, number, number + 1);
            scene().settle();
        }
        assertEquals(numbers(0, 3), listener.numbers());
        assertEquals(3, listener.subscription().sums().delivered());
        assertEquals(0, listener.subscription().sums().failures());
    }

    @Test
    void turnsWhatWaitsIntoLostLeftWhenItIsClosed() {
        Listener listener = scene().listen();
        Listener other = scene().listen();
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 2);
        scene().stall(publisher, listener, 0);
        scene().publish(publisher, 1, 11);
        scene().settle();
        Thread closing = Thread.startVirtualThread(listener.subscription()::close);
        scene().await("the waiting events to be given up",
                () -> listener.subscription().sums().lost().getOrDefault(LossReason.LEFT, 0L) == 10);
        assertEquals(1, listener.subscription().sums().inFlight());
        listener.resume();
        join(closing);
        scene().publish(publisher, 11, 13);
        scene().settle();
        assertEquals(List.of(0), listener.numbers());
        assertEquals(1, listener.subscription().gaps().size());
        assertEquals(10, listener.subscription().gaps().getFirst().count());
        assertEquals(11, listener.subscription().sums().known());
        assertEquals(numbers(0, 13), other.numbers());
    }

    @Test
    void leavesFromItsOwnHandler() {
        needs(Trait.IMMEDIATE);
        var self = new CompletableFuture<Subscription>();
        Listener listener = scene().listen(delivery -> {
            if (delivery.event().text().equals("2")) {
                self.join().close();
            }
        });
        self.complete(listener.subscription());
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 1);
        listener.stall();
        scene().publish(publisher, 0, 6);
        listener.resume();
        scene().await("its leaving", () -> listener.subscription().sums().delivered() == 3);
        // By its own count, which comes a moment after the handler's return.
        scene().await("word of what it left", () -> listener.subscription().sums().gaps() == 1);
        assertEquals(numbers(0, 3), listener.numbers());
        assertEquals(Map.of(LossReason.LEFT, 3L), listener.subscription().sums().lost());
        awaitListeners(publisher, 0);
    }

    @Test
    void closesAllSubscriptionsWithTheirSubscriber() {
        needs(Trait.UNHEARD);
        Subscriber subscriber = scene().subscriber();
        Listener one = scene().listen(subscriber, Interest.inAll(), d -> { });
        Listener two = scene().listen(subscriber, Interest.inAll(), d -> { });
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 2);
        scene().publish(publisher, 0, 2);
        scene().settle();
        one.subscription().leaveBy(() -> two.subscription().leaveBy(subscriber::close));
        subscriber.close();
        one.subscription().close();
        awaitListeners(publisher, 0);
        scene().publish(publisher, 2, 4);
        assertEquals(numbers(0, 2), one.numbers());
        assertEquals(numbers(0, 2), two.numbers());
        assertEquals(2, publisher.sums().unheard());
    }

    @Test
    void handsOutOnlyWhenPolled() {
        RecordedSubscription subscription = scene().poll(Interest.inAll());
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 1);
        assertEquals(0, subscription.poll(d -> { }, 10));
        scene().publish(publisher, 0, 5);
        scene().await("5 events", () -> subscription.sums().inFlight() == 5);
        var threads = new HashSet<Thread>();
        assertEquals(2, subscription.poll(d -> threads.add(Thread.currentThread()), 2));
        assertEquals(List.of("0", "1"), subscription.texts());
        assertEquals(3, subscription.sums().inFlight());
        assertEquals(3, subscription.poll(d -> threads.add(Thread.currentThread()), 10));
        assertEquals(Set.of(Thread.currentThread()), threads);
        assertEquals(5, subscription.sums().delivered());
        assertEquals(0, subscription.poll(d -> { }, 10));
    }

    @Test
    void tellsAPollerOfWhatItLeaves() {
        RecordedSubscription subscription = scene().poll(Interest.inAll());
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 1);
        scene().publish(publisher, 0, 5);
        scene().await("5 events", () -> subscription.sums().inFlight() == 5);
        assertEquals(1, subscription.poll(d -> { }, 1));
        subscription.close();
        assertEquals(1, subscription.poll(d -> { }, 10));
        assertEquals(4, subscription.gaps().getFirst().count());
        assertEquals(Map.of(LossReason.LEFT, 4L), subscription.sums().lost());
    }

    @Test
    void refusesToBePolledBesideItsHandler() {
        Listener listener = scene().listen();
        assertThrows(IllegalStateException.class, () -> listener.subscription().poll(d -> { }, 1));
    }

    @Test
    void survivesAListenerToNoticesThatThrows() {
        needs(Trait.MANUAL_TIME);
        Scene scene = scene();
        scene.notices().throwOnNotice();
        Listener failing = scene.listen(delivery -> {
            throw new IllegalStateException("always");
        });
        RecordedPublisher publisher = scene.publisher();
        scene.publish(publisher, 0, 3);
        scene.settle();
        assertEquals(3, failing.subscription().sums().failures());
        assertEquals(1, scene.notices().of(Notice.HandlerFailed.class).size());
    }

    @Test
    void leaksNoThreads() {
        RecordedPublisher publisher = scene().publisher();
        open(publisher, 3);
        long before = threads();
        // In real time each join takes a heartbeat; one that leaks shows among ten as well.
        open(publisher, capabilities().has(Trait.MANUAL_TIME) ? 100 : 10);
        scene().await("threads to end", () -> threads() <= before);
    }

    private void open(RecordedPublisher publisher, int times) {
        for (int i = 0; i < times; i++) {
            Subscriber subscriber = scene().subscriber();
            Listener listener = scene().listen(subscriber, Interest.inAll(), d -> { });
            awaitListeners(publisher, 1);
            publisher.publish(Scene.event(i + times * 1_000));
            listener.subscription().close();
            subscriber.close();
            awaitListeners(publisher, 0);
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("heliograph")).count();
    }

    private void join(Thread thread) {
        try {
            assertTrue(thread.join(Duration.ofSeconds(10)), "closing did not end");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
