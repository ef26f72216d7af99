package io.heliograph.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One host of {@link NetworkNamespaces}: a network namespace with {@code lo} and, if there is a bridge, {@code e0}.
 * Processes are started in it, and faults put on its way in and out. Incoming faults strike in the host itself and its
 * loopback interface too; outgoing cuts and incoming bottlenecks sit on the bridge's port, so that the sender cannot tell.
 *
 * <p>nftables sees a train of datagrams as one packet: a loss takes it whole. {@link ImpairedLink} loses datagram by
 * datagram. Not thread-safe.
 */
public final class NetworkHost {

    /** The loss rule's resolution. */
    private static final int MILLIONTHS = 1_000_000;

    private static final Pattern COUNTER = Pattern.compile("counter packets ([0-9]+) ");

    private final NetworkNamespaces network;
    private final String namespace;
    private final int number;
    private final Optional<String> bridge;
    private final Set<Table> tables = new HashSet<>();
    private long goneStruck;

    /** A table of rules, by the namespace that has it. */
    private record Table(String namespace, String name) {
    }

    /** @param bridge the bridge's namespace, in which this host's port is {@code h<number>}; none for a host alone */
    NetworkHost(NetworkNamespaces network, String namespace, int number, Optional<String> bridge) {
        this.network = network;
        this.namespace = namespace;
        this.number = number;
        this.bridge = bridge;
    }

    /** The namespace's name. */
    public String namespace() {
        return namespace;
    }

    /** The interface to the other hosts; to itself, if it is alone. */
    public String interfaceName() {
        return bridge.isPresent() ? "e0" : "lo";
    }

    /** Its IPv4 address among the hosts, {@code 10.77.0.1} and on; {@code 127.0.0.1} if it is alone. */
    public String address() {
        return bridge.isPresent() ? "10.77.0." + number : "127.0.0.1";
    }

    /** Its IPv6 address among the hosts, {@code fd77::1} and on; {@code ::1} if it is alone. */
    public String address6() {
        return bridge.isPresent() ? "fd77::" + number : "::1";
    }

    /** Loses each arriving packet of {@code flow} with {@code probability}. */
    public void loseIncoming(Flow flow, double probability) {
        if (!(probability > 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability of loss " + probability + ": allowed is above 0, to 1");
        }
        add("inet", "loss", "type filter hook input priority 0; policy accept;", flow.match()
                + " numgen random mod " + MILLIONTHS + " < " + Math.round(probability * MILLIONTHS) + " counter drop");
    }

    /** Sends each leaving packet of {@code flow} twice with {@code probability}. */
    public void duplicateOutgoing(Flow flow, double probability) {
        if (!(probability > 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability of a second copy " + probability + ": allowed is above 0, to 1");
        }
        // The mark keeps the copy from being copied.
        add("netdev", "twice", "type filter hook egress device \"" + interfaceName() + "\" priority 0; policy accept;\n"
                + "  meta mark 7 accept", flow.match() + " numgen random mod " + MILLIONTHS + " < "
                + Math.round(probability * MILLIONTHS) + " meta mark set 7 counter dup to \"" + interfaceName() + "\"");
    }

    /** Loses everything of {@code flow} that arrives, until {@link #heal}. */
    public void cutIncoming(Flow flow) {
        add("inet", "cut_in", "type filter hook input priority -10; policy accept;", flow.match() + " counter drop");
    }

    /** Loses everything of {@code flow} that leaves, until {@link #heal}. Its sender is told of no error. */
    public void cutOutgoing(Flow flow) {
        String at = requireBridge();
        add(at, "netdev", "cut_out_" + number, "type filter hook ingress device \"" + port()
                + "\" priority 0; policy accept;", flow.match() + " counter drop");
    }

    /** Ends the cuts of both directions; losses and copies stay. */
    public void heal() {
        remove("cut_in");
        remove("cut_out_" + number);
    }

    /** Ends every loss, copy and cut. */
    public void healAll() {
        tables.stream().map(Table::name).distinct().toList().forEach(this::remove);
    }

    /** How many packets losses and cuts took and how many were doubled, all together, healed ones included. */
    public long packetsStruck() {
        return goneStruck + tables.stream().mapToLong(this::struck).sum();
    }

    /**
     * Lets what leaves through a bottleneck: a token bucket filter.
     *
     * @param bitsPerSecond its rate
     * @param burstBytes    what may pass at once; at least a packet
     * @param queueBytes    what may wait before it; the rest is dropped
     */
    public void throttleOutgoing(long bitsPerSecond, int burstBytes, int queueBytes) {
        requireBridge();
        throttle(namespace, interfaceName(), bitsPerSecond, burstBytes, queueBytes);
    }

    /** Lets what arrives through a bottleneck; see {@link #throttleOutgoing}. */
    public void throttleIncoming(long bitsPerSecond, int burstBytes, int queueBytes) {
        throttle(requireBridge(), port(), bitsPerSecond, burstBytes, queueBytes);
    }

    /** What {@code tc} tells of this host's bottlenecks: packets sent, dropped and waiting. */
    public String throttleStatistics() {
        return network.run("", network.tc(), "-s", "-n", namespace, "qdisc", "show", "dev", interfaceName())
                + network.run("", network.tc(), "-s", "-n", requireBridge(), "qdisc", "show", "dev", port());
    }

    /** Runs a short command in this namespace to its end and returns what it wrote. */
    public String run(String... command) {
        return network.run("", inside(Arrays.asList(command)));
    }

    /** Starts a command in this namespace. It ends with the network, or before. */
    public ChildProcess start(List<String> command) {
        return network.adopt(ChildProcess.start(List.of(inside(command))));
    }

    /** Starts the main class {@code program} in this namespace, on this JVM's class path and JDK. */
    public ChildProcess startJava(Class<?> program, String... arguments) {
        return startJava(List.of(), program, arguments);
    }

    /** Starts {@code program} with flags for its JVM. */
    public ChildProcess startJava(List<String> flags, Class<?> program, String... arguments) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(Arrays.asList(arguments));
        return start(command);
    }

    private String[] inside(List<String> command) {
        var inside = new ArrayList<>(List.of(network.ip(), "netns", "exec", namespace));
        inside.addAll(command);
        return inside.toArray(String[]::new);
    }

    private void add(String family, String name, String hook, String rule) {
        add(namespace, family, name, hook, rule);
    }

    /** Adds a rule to the table, which is made if need be. The lines are apart because nft wants them so. */
    private void add(String at, String family, String name, String hook, String rule) {
        var table = new Table(at, family + " " + name);
        String chain = tables.contains(table) ? "" : "  " + hook + "\n";
        nft(at, "table " + table.name() + " {\n chain c {\n" + chain + "  " + rule + "\n }\n}\n");
        tables.add(table);
    }

    private void remove(String name) {
        for (Table table : Set.copyOf(tables)) {
            if (table.name().equals(name) || table.name().endsWith(" " + name)) {
                goneStruck += struck(table);
                nft(table.namespace(), "delete table " + table.name() + "\n");
                tables.remove(table);
            }
        }
    }

    private long struck(Table table) {
        Matcher counters = COUNTER.matcher(nft(table.namespace(), "list table " + table.name() + "\n"));
        long sum = 0;
        while (counters.find()) {
            sum += Long.parseLong(counters.group(1));
        }
        return sum;
    }

    private String nft(String at, String input) {
        return network.run(input, network.ip(), "netns", "exec", at, network.nft(), "-f", "-");
    }

    private void throttle(String at, String device, long bitsPerSecond, int burstBytes, int queueBytes) {
        network.run("", network.tc(), "-n", at, "qdisc", "replace", "dev", device, "root", "tbf", "rate",
                String.format(Locale.ROOT, "%dbit", bitsPerSecond), "burst", Integer.toString(burstBytes), "limit",
                Integer.toString(queueBytes));
    }

    private String port() {
        return "h" + number;
    }

    private String requireBridge() {
        return bridge.orElseThrow(() -> new IllegalStateException("a host alone has only its loopback interface: "
                + "incoming faults are what can be put on it"));
    }
}
