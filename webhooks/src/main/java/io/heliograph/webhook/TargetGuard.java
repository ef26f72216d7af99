package io.heliograph.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Says which addresses may be connected to: the one place that does, on registering, testing, shaking hands and
 * delivering. Immutable and thread-safe, if its resolver is.
 *
 * <pre>
 *   URL -- TargetUrl.parse --> host -- HostResolver --> addresses -- table, allow-list --> connect to one of exactly these
 *          one reading only            each time          all must pass
 * </pre>
 *
 * <p>What the operator allows is allowed, whatever the table says.
 */
public final class TargetGuard {

    private final List<Cidr> allowed;
    private final HostResolver resolver;

    private TargetGuard(List<Cidr> allowed, HostResolver resolver) {
        this.allowed = allowed;
        this.resolver = resolver;
    }

    /**
     * A guard.
     *
     * @param allowed blocks that are allowed though they are not public, such as {@code 10.1.0.0/16}
     */
    public static TargetGuard of(List<Cidr> allowed, HostResolver resolver) {
        return new TargetGuard(List.copyOf(allowed), resolver);
    }

    /** Finds where a target leads; may take as long as the resolver does, except for an address. */
    public Resolution resolve(TargetUrl target) {
        return target.literal().map(address -> judge(List.of(address))).orElseGet(() -> lookUp(target.host()));
    }

    private Resolution lookUp(String host) {
        try {
            return judge(resolver.resolve(host));
        } catch (UnknownHostException e) {
            return new Resolution.Unknown("no address is known for " + host);
        } catch (RuntimeException e) {
            // Whatever keeps the addresses from being checked keeps them from being used.
            return new Resolution.Unknown("the resolver failed for " + host + ": " + e);
        }
    }

    private Resolution judge(List<InetAddress> addresses) {
        for (InetAddress address : addresses) {
            byte[] bytes = address.getAddress();
            var barring = AddressBlocks.barring(bytes);
            if (barring.isPresent() && allowed.stream().noneMatch(block -> block.contains(bytes))) {
                return new Resolution.Barred(address, barring.get());
            }
        }
        return addresses.isEmpty() ? new Resolution.Unknown("the resolver gave no address") : new Resolution.Allowed(addresses);
    }
}
