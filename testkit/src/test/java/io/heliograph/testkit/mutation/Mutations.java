package io.heliograph.testkit.mutation;

import static io.heliograph.testkit.mutation.Fault.after;
import static io.heliograph.testkit.mutation.Fault.again;
import static io.heliograph.testkit.mutation.Fault.argument;
import static io.heliograph.testkit.mutation.Fault.firstResult;
import static io.heliograph.testkit.mutation.Fault.lose;
import static io.heliograph.testkit.mutation.Fault.never;
import static io.heliograph.testkit.mutation.Fault.once;
import static io.heliograph.testkit.mutation.Fault.result;
import static io.heliograph.testkit.mutation.Fault.swap;
import static io.heliograph.testkit.mutation.Fault.twice;

import io.heliograph.testkit.mutation.Fault.Call;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The faults that the contracts must notice, by stage. Most strike once, at the 17th call: one event of thousands is
 * lost, doubled, misplaced or miscounted.
 */
final class Mutations {

    private static final int NTH = 17;

    // Cases that notice several.
    private static final String ORDER = "LocalPublisher.deliversEveryEventInTheOrderPublished";
    private static final String FILTERS = "LocalSubscription.deliversOnlyTheTopicsThatAFilterWants";
    private static final String FAILING = "LocalSubscription.countsAHandlerThatThrowsAndSparesTheOthers";
    private static final String WEAKER = "LocalFlowPolicy.limitsTheWeakerPolicyOfOneSubscriptionAlone";
    private static final String EPISODES = "LocalFlowPolicy.tellsOfGapsBeforeTheNextEventAndInANotice";
    private static final String CLOSING = "LocalPublisher.endsOnceAndRefusesWhatComesLater";
    private static final String LOSSY = "LossyIntake.placesEachArrivalOnce";
    private static final String OLDEST = "MemoryBacklog.givesUpTheOldestAndTellsInItsPlace";
    private static final String BYTES = "MemoryBacklog.givesUpAsManyAsTheArrivingBytesNeed";
    private static final String REFUSING = "MemoryBacklog.changesNothingWhenItRefuses";
    private static final String EXPIRY = "MemoryBacklog.expiresWhatWaitedTooLong";

    private Mutations() {
    }

    static Stream<Mutation> all() {
        return Stream.of(publishing(), placing(), admitting(), keeping(), handling(), counting(), replacing(), ending())
                .flatMap(List::stream);
    }

    private static List<Mutation> publishing() {
        return List.of(
                at("publisher loses an event", ORDER, "LocalPublisher.handOut", "SessionIntake.offer", () -> lose(NTH)),
                at("publisher doubles an event", ORDER, "LocalPublisher.handOut", "SessionIntake.offer", () -> twice(NTH)),
                at("publisher swaps two events", ORDER, "LocalPublisher.handOut", "SessionIntake.offer", () -> swap(NTH)),
                at("publisher forgets one it filters", FILTERS, "LocalPublisher.handOut", "SessionIntake.skip", () -> lose(3)),
                at("publisher gives two events one sequence", ORDER, "LocalPublisher.handOut", "LocalPublisher.=nextSequence", () -> lose(NTH)),
                at("filter is inverted once", ORDER, "LocalPublisher.handOut", "Intake.wants", () -> once(NTH, (call, a) -> !(boolean) call.with(a))),
                at("reserved level is open to wildcards", FILTERS, "TopicFilter.matches", "Topic.isReserved", () -> never(false)),
                at("publisher ignores that an event is above its limit", "LocalFlowPolicy.refusesWhatIsAboveTheWholeLimitAndLeavesTheQueue",
                        "LocalPublisher.judge", "Limit.bytes", () -> never(Long.MAX_VALUE)),
                at("publisher waits for nobody", "LocalBackPressure.losesNothingWithASlowConsumer",
                        "LocalPublisher.judge", "Intake.judge", () -> result(Mutations::admitInsteadOfWait)),
                at("copied bytes start one late", "LocalPublisher.deliversBytesTextAndCopiesWhatItIsGiven",
                        "LocalPublisher.publish", "Arrays.copyOfRange", () -> argument(1, 1, from -> (int) from + 1)));
    }

    private static Object admitInsteadOfWait(Object verdict) {
        Enum<?> constant = (Enum<?>) verdict;
        return constant.name().equals("WAIT") ? constant.getDeclaringClass().getEnumConstants()[0] : verdict;
    }

    private static List<Mutation> placing() {
        return List.of(
                at("intake loses an event it has placed", ORDER, "SessionIntake.offer", "Intake.admit", () -> lose(NTH)),
                at("intake admits an event twice", ORDER, "SessionIntake.offer", "Intake.admit", () -> twice(NTH)),
                at("intake swaps two events", ORDER, "SessionIntake.offer", "Intake.admit", () -> swap(NTH)),
                at("a place is forgotten", ORDER, "SessionIntake.place", "SessionIntake.=next", () -> lose(NTH)),
                at("known is one too many", ORDER, "SessionIntake.place", "SubscriberLedger.known", () -> argument(NTH, 1, n -> (long) n + 1)),
                at("known is one too few in a gap", LOSSY, "SessionIntake.loseUpTo", "SubscriberLedger.known", () -> argument(1, 1, n -> (long) n - 1)),
                at("duplicate is not noticed", LOSSY, "SessionIntake.offer", "SessionIntake.place", () -> firstResult(isNew -> true)),
                at("duplicate is not counted", LOSSY, "SessionIntake.place", "SubscriberLedger.duplicates", () -> lose(1)),
                at("network gap is not told", LOSSY, "SessionIntake.loseUpTo", "Intake.tell", () -> lose(1)),
                at("network loss is not counted", LOSSY, "SessionIntake.loseUpTo", "SubscriberLedger.lost", () -> lose(1)));
    }

    private static List<Mutation> admitting() {
        return List.of(
                at("room for one event too many", OLDEST, "Admission.judge", "Occupancy.hasRoom", () -> firstResult(room -> true)),
                at("limit is one event larger", OLDEST, "Occupancy.hasRoom", "Limit.events", () -> result(n -> (int) n + 1)),
                at("limit is one event smaller", OLDEST, "Occupancy.hasRoom", "Limit.events", () -> result(n -> (int) n - 1)),
                at("limit is one byte smaller", BYTES, "Occupancy.hasRoom", "Limit.bytes", () -> result(n -> (long) n - 1)),
                at("TOO_LARGE is ignored by the backlog", REFUSING, "Admission.judge", "Limit.bytes", () -> never(Long.MAX_VALUE)),
                at("wait is a nanosecond shorter", REFUSING, "Admission.judgeFull", "Duration.toNanos", () -> result(n -> Math.max(0, (long) n - 1))),
                at("wait never ends", REFUSING, "Admission.judgeFull", "Duration.toNanos", () -> never(Long.MAX_VALUE)));
    }

    private static List<Mutation> keeping() {
        return List.of(
                at("backlog drops an event it admitted", OLDEST, "MemoryBacklog.offer", "MemoryBacklog.take", () -> lose(2)),
                at("backlog swaps two events", OLDEST, "MemoryBacklog.offer", "MemoryBacklog.take", () -> swap(5)),
                at("backlog takes an event twice", ORDER, "Intake.admit", "Backlog.offer",
                        () -> after(NTH, verdict -> verdict.toString().equals("ADMIT"), Call::with)),
                at("backlog hands out an event twice", ORDER, "Intake.takeNext", "Backlog.poll", () -> again(NTH, Mutations::isDelivery)),
                at("an event polled is lost", ORDER, "Intake.takeNext", "Backlog.poll", () -> after(NTH, Mutations::isDelivery, Call::with)),
                at("gap of an evicted event is lost", OLDEST, "MemoryBacklog.giveUp", "GapChain.add", () -> lose(2)),
                at("gap counts one event for two", OLDEST, "GapChain.add", "Gap.merge", () -> once(2, (call, a) -> a[0])),
                at("gaps before an evicted event are lost", OLDEST, "MemoryBacklog.giveUp", "GapChain.prepend", () -> lose(2)),
                at("gap is told behind the next event", "MemoryBacklog.keepsThePlaceOfGapsThatAreAppended",
                        "MemoryBacklog.take", "GapChain.prepend", () -> never(null)),
                at("eviction is not told", OLDEST, "MemoryBacklog.giveUp", "LossListener.onLoss", () -> lose(2)),
                at("room of an event that left stays taken", OLDEST, "MemoryBacklog.forget", "Occupancy.remove", () -> lose(2)),
                at("same key is not looked for", "MemoryBacklog.givesUpTheOldestOfTheSameKey",
                        "MemoryBacklog.evictSameKey", "Optional.isPresent", () -> never(false)),
                at("time to live is ignored", EXPIRY, "MemoryBacklog.*", "Node.isExpired", () -> result(expired -> false)),
                at("time to live ends a nanosecond late", EXPIRY, "Node.isExpired", "Duration.toNanos", () -> result(n -> (long) n + 1)));
    }

    private static boolean isDelivery(Object polled) {
        return polled.toString().startsWith("Optional[Delivery[");
    }

    private static List<Mutation> handling() {
        return List.of(
                at("handler is not called", ORDER, "Intake.*", "EventHandler.onEvent", () -> lose(NTH)),
                at("handler is called twice", ORDER, "Intake.*", "EventHandler.onEvent", () -> twice(NTH)),
                at("handler is not told of a gap", WEAKER, "Intake.*", "EventHandler.onGap", () -> lose(1)),
                at("slow consumer is noticed each time", EPISODES, "IntakeNotices.slow", "IntakeNotices.=isSlow", () -> never(null)),
                at("slow consumer never catches up", EPISODES, "IntakeNotices.caughtUp", "IntakeNotices.=isSlow", () -> never(null)),
                at("failing handler is noticed each time", FAILING, "IntakeNotices.failed", "IntakeNotices.=isFailing", () -> never(null)),
                at("room is not told to those who wait", "LocalBackPressure.waitsForRoomAndThenIsAccepted",
                        "Channel.signalChange", "Condition.signalAll", () -> never(null)));
    }

    /** Each counter, skipped once at the place that counts. */
    private static List<Mutation> counting() {
        return List.of(
                counter("known", ORDER, "SubscriberLedger.known", "SubscriberLedger.=known"),
                counter("entered", ORDER, "SubscriberLedger.entered", "SubscriberLedger.=inFlight"),
                counter("left", ORDER, "SubscriberLedger.left", "SubscriberLedger.=inFlight"),
                counter("delivered", ORDER, "SubscriberLedger.delivered", "SubscriberLedger.=delivered"),
                counter("filtered", FILTERS, "SubscriberLedger.filtered", "SubscriberLedger.=filtered"),
                counter("gaps", WEAKER, "SubscriberLedger.gap", "SubscriberLedger.=gaps"),
                counter("failures", FAILING, "SubscriberLedger.failure", "SubscriberLedger.=failures"),
                counter("filtered by a condition", "LocalSubscription.handsOutOnlyTheEventsThatMeetItsConditionAndCountsTheOthersAsFiltered",
                        "Intake.finish", "SubscriberLedger.filtered"),
                counter("loss by failure", FAILING, "Intake.finish", "SubscriberLedger.lost"),
                counter("loss by eviction", WEAKER, "Intake.onGivenUp", "SubscriberLedger.lost"),
                counter("loss at admission", "LocalFlowPolicy.acceptsWhatAtLeastOneTakesAndTellsTheOthers", "Intake.admit", "SubscriberLedger.lost"),
                counter("publisher's offered", ORDER, "PublisherLedger.*", "PublisherLedger.=offered"),
                counter("publisher's accepted", ORDER, "PublisherLedger.*", "PublisherLedger.=accepted"),
                counter("publisher's dropped", "LocalFlowPolicy.admitsToTheLastByteAndNotOneMore", "PublisherLedger.*", "PublisherLedger.=dropped"),
                counter("publisher's refused", CLOSING, "PublisherLedger.*", "PublisherLedger.=refused"),
                counter("publisher's unheard", "LocalPublisher.countsWhatNobodyHears", "PublisherLedger.*", "PublisherLedger.=unheard"));
    }

    private static Mutation counter(String name, String killer, String caller, String callee) {
        return at("counter skips one: " + name, killer, caller, callee, () -> lose(1));
    }

    private static List<Mutation> replacing() {
        return List.of(
                at("replacement lets a promised event go", "MemoryBacklog.neverGivesUpWhatItPromisedToKeep",
                        "MemoryBacklog.take", "MemoryBacklog.evictingVictim",
                        () -> result(victim -> victim.equals(Optional.empty()) ? oldest() : victim)),
                at("replacement does not come into force", "LocalBackPressure.losesNoAcceptedEventWhenThePublishersPolicyIsReplaced",
                        "LocalPublisher.replacePolicy", "LocalPublisher.=policy", () -> never(null)),
                at("stronger policy is obtained", "LocalFlowPolicy.doesNotObtainAStrongerPolicyThanThePublishers",
                        "Intake.*", "FlowPolicy.isAllowedUnder", () -> never(true)),
                at("weaker policy is not obtained", WEAKER, "Intake.*", "FlowPolicy.isAllowedUnder", () -> never(false)));
    }

    /** {@code Optional.of(Victim.OLDEST)}, with the constant of the classes under test. */
    private static Object oldest() {
        try {
            return Optional.of(Thread.currentThread().getContextClassLoader()
                    .loadClass("io.heliograph.flow.FlowPolicy$Victim").getEnumConstants()[0]);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Mutation> ending() {
        return List.of(
                at("leaving keeps what waits", "LocalSubscription.tellsAPollerOfWhatItLeaves", "Intake.close", "Backlog.abandon", () -> never(null)),
                at("what is given up stays in flight", "LocalSubscription.tellsAPollerOfWhatItLeaves",
                        "Intake.onGivenUp", "SubscriberLedger.left", () -> lose(2)),
                at("an ended session's sums are lost", "LocalPublisher.startsASessionOfItsOwnAtEachOpening",
                        "Intake.forgetIfDone", "SubscriberSums.plus", () -> once(2, (call, a) -> a[0])),
                at("end of stream is one too far", CLOSING, "SessionIntake.end", "SessionIntake.known", () -> argument(1, 1, end -> (long) end + 1)),
                at("publisher goes on after its close", CLOSING, "LocalPublisher.close", "LocalPublisher.=isClosed", () -> never(null)),
                at("one who left stays a target", "LocalPublisher.countsWhatNobodyHears", "Channel.*", "LocalPublisher.part", () -> never(null)),
                at("one who joins late gets a later start", ORDER, "LocalPublisher.meet", "Intake.join",
                        () -> argument(1, 2, next -> (long) next + 1)));
    }

    /** {@code caller} and {@code callee} are written {@code Class.method}; a written field {@code Class.=field}. */
    private static Mutation at(String name, String killer, String caller, String callee, Supplier<Fault> fault) {
        String[] from = caller.split("\\.");
        String[] to = callee.split("\\.");
        return new Mutation(name, killer, from[0], from[1], to[0], to[1], fault);
    }
}
