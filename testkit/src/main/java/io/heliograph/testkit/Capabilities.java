package io.heliograph.testkit;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a transport declares to the contract suites.
 *
 * @param traits            what it promises
 * @param policies          the policies it can do
 * @param largestEventBytes the largest event it carries, as {@link io.heliograph.Event#size} counts
 * @param patience          how long, in real time, a case may wait for what must happen
 */
public record Capabilities(Set<Trait> traits, Set<PolicyKind> policies, int largestEventBytes, Duration patience) {

    /** Everything but a spill to disk: what an in-process transport can do. */
    public static final Capabilities IN_PROCESS = new Capabilities(EnumSet.allOf(Trait.class),
            EnumSet.complementOf(EnumSet.of(PolicyKind.SPILL)), 1 << 20, Duration.ofSeconds(5));

    public Capabilities {
        traits = Set.copyOf(traits);
        policies = Set.copyOf(policies);
    }

    /** Whether it promises all of {@code wanted}. */
    public boolean has(Trait... wanted) {
        return traits.containsAll(Set.of(wanted));
    }

    /** Whether it can do all of {@code wanted}. */
    public boolean can(PolicyKind... wanted) {
        return policies.containsAll(Set.of(wanted));
    }

    /** The same without some traits. */
    public Capabilities without(Trait... missing) {
        Set<Trait> fewer = EnumSet.noneOf(Trait.class);
        fewer.addAll(traits);
        Set.of(missing).forEach(fewer::remove);
        return new Capabilities(fewer, policies, largestEventBytes, patience);
    }

    /** The same with exactly these policies. */
    public Capabilities withPolicies(PolicyKind... kinds) {
        return new Capabilities(traits, Set.of(kinds), largestEventBytes, patience);
    }

    /** The same with another largest event. */
    public Capabilities withLargestEventBytes(int bytes) {
        return new Capabilities(traits, policies, bytes, patience);
    }

    /** The same with another patience. */
    public Capabilities withPatience(Duration realTime) {
        return new Capabilities(traits, policies, largestEventBytes, realTime);
    }
}
