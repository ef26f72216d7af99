package io.heliograph.webhook;

/**
 * One receiver of events. Immutable; shows no key.
 *
 * @param id     names it, for as long as it exists
 * @param tenant whose it is
 * @param spec   what its owner says of it
 * @param state  whether it is sent to
 * @param reason why it is in that state; empty if there is nothing to say
 * @param health how it has done lately
 */
public record Endpoint(String id, String tenant, EndpointSpec spec, EndpointState state, String reason, EndpointHealth health) {

    /** The same with another spec. */
    Endpoint with(EndpointSpec other) {
        return new Endpoint(id, tenant, other, state, reason, health);
    }

    /** The same in another state; one that becomes active starts in good health. */
    Endpoint with(EndpointState other, String why) {
        return new Endpoint(id, tenant, spec, other, why, other == EndpointState.ACTIVE ? EndpointHealth.GOOD : health);
    }

    /** The same in another health. */
    Endpoint with(EndpointHealth other) {
        return new Endpoint(id, tenant, spec, state, reason, other);
    }

    boolean isActive() {
        return state == EndpointState.ACTIVE;
    }

    /** Whether new events enter its queue. */
    boolean takesEvents() {
        return state == EndpointState.ACTIVE || state == EndpointState.PAUSED;
    }

    /** Whether each event is for both of them, or for neither. */
    boolean wantsTheSameAs(Endpoint other) {
        return spec.topics().equals(other.spec.topics()) && spec.query().equals(other.spec.query());
    }

    /** Whether both share their events. */
    boolean isOfOneGroupWith(Endpoint other) {
        return spec.group().isPresent() && spec.group().equals(other.spec.group()) && tenant.equals(other.tenant);
    }
}
