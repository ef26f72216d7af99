package io.heliograph.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A network of its own inside this machine: hosts, each a network namespace with its own {@code lo} and an interface
 * {@code e0} of Ethernet's size, and a bridge between them that passes multicast on to all.
 *
 * <pre>
 *   host(0)  10.77.0.1  e0 ---- h1 \
 *   host(1)  10.77.0.2  e0 ---- h2 -- br0, in a namespace of its own
 *   host(2)  10.77.0.3  e0 ---- h3 /
 * </pre>
 *
 * <p>Linux, root, and the commands of the Debian packages iproute2 and nftables are needed; what is missing is an error
 * that names it, never a test left out. Names hold this process's number, so that runs do not meet; {@link #close} ends
 * the processes started in it and removes everything, and so does the end of this JVM, at the same time too. Else not
 * thread-safe.
 */
public final class NetworkNamespaces implements AutoCloseable {

    /** One short of what the last byte of an address holds. */
    private static final int MAX_HOSTS = 250;

    private static final AtomicInteger NETWORKS = new AtomicInteger();

    private final String ip;
    private final String nft;
    private final String tc;
    private final String prefix = "hg" + ProcessHandle.current().pid() + "-" + NETWORKS.incrementAndGet() + "-";
    private final Deque<String> namespaces = new ArrayDeque<>();
    private final List<NetworkHost> hosts = new ArrayList<>();
    private final List<ChildProcess> children = new ArrayList<>();
    private final Thread atExit = Thread.ofPlatform().unstarted(this::remove);

    private NetworkNamespaces() {
        ip = SystemCommand.require("ip", "iproute2");
        tc = SystemCommand.require("tc", "iproute2");
        nft = SystemCommand.require("nft", "nftables");
        requireRoot();
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Hosts joined by a bridge.
     *
     * @throws IllegalStateException if a command is missing, this is not root, or the kernel refuses
     */
    public static NetworkNamespaces ofHosts(int count) {
        if (count < 1 || count > MAX_HOSTS) {
            throw new IllegalArgumentException("hosts " + count + ": allowed is 1 to " + MAX_HOSTS);
        }
        return opened(network -> {
            String bridge = network.namespace("b");
            network.ip("-n", bridge, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
            network.ip("-n", bridge, "link", "set", "br0", "up");
            for (int number = 1; number <= count; number++) {
                network.hosts.add(network.host(number, bridge));
            }
        });
    }

    /**
     * One host that knows nobody, with a loopback interface.
     *
     * @throws IllegalStateException if a command is missing, this is not root, or the kernel refuses
     */
    public static NetworkNamespaces ofOneAlone() {
        return opened(network -> {
            String namespace = network.namespace("1");
            network.ip("-n", namespace, "link", "set", "lo", "up");
            network.hosts.add(new NetworkHost(network, namespace, 1, Optional.empty()));
        });
    }

    private static NetworkNamespaces opened(Consumer<NetworkNamespaces> steps) {
        var network = new NetworkNamespaces();
        try {
            steps.accept(network);
            return network;
        } catch (RuntimeException | Error e) {
            network.close();
            throw e;
        }
    }

    /** One of the hosts, from 0. */
    public NetworkHost host(int index) {
        return hosts.get(index);
    }

    private NetworkHost host(int number, String bridge) {
        String host = namespace(Integer.toString(number));
        String port = "h" + number;
        ip("-n", host, "link", "add", "e0", "type", "veth", "peer", "name", port, "netns", bridge);
        ip("-n", bridge, "link", "set", port, "master", "br0");
        ip("-n", bridge, "link", "set", port, "up");
        ip("-n", host, "addr", "add", "10.77.0." + number + "/24", "dev", "e0");
        // Without the search for duplicates, which takes a second, the address can be used at once.
        ip("-n", host, "addr", "add", "fd77::" + number + "/64", "dev", "e0", "nodad");
        ip("-n", host, "link", "set", "e0", "up");
        ip("-n", host, "link", "set", "lo", "up");
        ip("-n", host, "route", "add", "224.0.0.0/4", "dev", "e0");
        return new NetworkHost(this, host, number, Optional.of(bridge));
    }

    private synchronized String namespace(String name) {
        ip("netns", "add", prefix + name);
        namespaces.push(prefix + name);
        return prefix + name;
    }

    private void ip(String... arguments) {
        var command = new ArrayList<String>(List.of(ip));
        command.addAll(List.of(arguments));
        SystemCommand.run("", command);
    }

    String run(String input, String... command) {
        return SystemCommand.run(input, List.of(command));
    }

    String ip() {
        return ip;
    }

    String nft() {
        return nft;
    }

    String tc() {
        return tc;
    }

    synchronized ChildProcess adopt(ChildProcess child) {
        children.add(child);
        return child;
    }

    /** Ends the processes and removes the namespaces and all that is in them. Idempotent. */
    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending, and has done it.
        }
    }

    /** For one thread at a time: a JVM may be ended while a test closes it. */
    private synchronized void remove() {
        Optional<RuntimeException> failure = Optional.empty();
        for (ChildProcess child : children) {
            failure = tried(child::close, failure);
        }
        children.clear();
        while (!namespaces.isEmpty()) {
            String namespace = namespaces.pop();
            failure = tried(() -> ip("netns", "delete", namespace), failure);
        }
        failure.ifPresent(e -> {
            throw e;
        });
    }

    /** Goes on after a failure, so that what can be removed is. */
    private static Optional<RuntimeException> tried(Runnable step, Optional<RuntimeException> before) {
        try {
            step.run();
            return before;
        } catch (RuntimeException e) {
            return before.or(() -> Optional.of(e));
        }
    }

    private static void requireRoot() {
        try {
            Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            if (!user.equals(0)) {
                throw new IllegalStateException("network namespaces need root; this is user " + user);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new UncheckedIOException(new IOException("network namespaces need Linux: " + e, e));
        }
    }
}
