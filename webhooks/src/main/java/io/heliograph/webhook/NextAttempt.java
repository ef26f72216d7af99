package io.heliograph.webhook;

import io.heliograph.spi.Environment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Says what becomes of a parcel after an attempt: done, again, at another member of the group, or given up. Thread-safe. */
final class NextAttempt {

    private final Endpoints endpoints;
    private final Environment environment;

    NextAttempt(Endpoints endpoints, Environment environment) {
        this.endpoints = endpoints;
        this.environment = environment;
    }

    /** Draws on chance, so under the lock of its {@link Deliveries}. */
    Settlement.Next after(Endpoint endpoint, Parcel parcel, AttemptResult result) {
        long nowMs = environment.wallClock().epochNanos() / 1_000_000;
        return switch (result) {
            case AttemptResult.Delivered delivered -> new Settlement.Next.Done();
            case AttemptResult.Gone gone -> new Settlement.Next.Parked(nowMs);
            case AttemptResult.Failed failed when !failed.reason().isEndpoints() ->
                new Settlement.Next.Parked(nowMs + Deliveries.AFTER_OWN_FAILURE.toMillis());
            case AttemptResult.Failed failed -> again(endpoint, parcel, failed, nowMs);
        };
    }

    /** In a group each of its members has its turn at once, and the schedule is for the rounds. */
    private Settlement.Next again(Endpoint endpoint, Parcel parcel, AttemptResult.Failed failed, long nowMs) {
        int made = parcel.first().attempts() + 1;
        List<Endpoint> members = membersThatWant(endpoint, parcel);
        int count = Math.max(1, members.size());
        Optional<Duration> wait = made % count != 0 ? Optional.of(Duration.ZERO)
                : endpoint.spec().retry().next(made / count, failed.retryAfter(), environment.random());
        if (wait.isEmpty()) {
            return new Settlement.Next.GivenUp();
        }
        long dueMs = nowMs + wait.get().toMillis();
        Optional<Endpoint> other = members.stream().filter(member -> member.id().compareTo(endpoint.id()) > 0).findFirst()
                .or(() -> members.stream().findFirst()).filter(member -> !member.id().equals(endpoint.id()));
        return other.isPresent() ? new Settlement.Next.HandedOn(other.get().id(), dueMs) : new Settlement.Next.Again(dueMs);
    }

    /** The active members of the endpoint's group that all of it is for, itself among them; none if it is in no group. */
    private List<Endpoint> membersThatWant(Endpoint endpoint, Parcel parcel) {
        List<Endpoint> members = endpoints.activeMembers(endpoint);
        if (members.stream().allMatch(endpoint::wantsTheSameAs)) {
            return members;
        }
        List<Submission> events = parcel.deliveries().stream().map(delivery ->
                Submission.read(endpoint.tenant(), delivery.message().text(), Optional.empty(), delivery.content())).toList();
        return members.stream().filter(member -> member.wantsTheSameAs(endpoint)
                || events.stream().allMatch(event -> endpoints.wants(member, event))).toList();
    }
}
