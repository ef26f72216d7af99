package io.heliograph.cli;

import io.heliograph.ConfigException;
import io.heliograph.cli.Check.State;
import io.heliograph.discovery.DiscoveryGroup;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Tells what is wrong with the machine, and how to mend it. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Checks Java, multicast, socket buffers, native sockets, the kernel's drops and ports:"
                + " what is wrong, and how to mend it. With --peers, lists who announces itself instead.",
        footer = {
            "",
            "An address whose publisher is to be listed says announce=NAME. What is announced is a hint:",
            "anybody on the network can announce anything.",
            "Exit code 0 if nothing failed, else 3.",
        })
final class DoctorCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Console console;
    private final Stop stop;
    private final Optional<List<Examination.Look>> looks;

    @Option(names = "--json", description = "One JSON object a line: check, state, found, remedy; for --peers: name, addresses, topics, source.")
    boolean isJson;

    @Option(names = "--interface", paramLabel = "NAME",
            description = "Where multicast is tried or peers are heard: loopback, an interface's name or one of its addresses.")
    String networkInterface = UdpExamination.LOOPBACK;

    @Option(names = "--peers", description = "Lists who announces itself, and checks nothing.")
    boolean isForPeers;

    @Option(names = "--duration", paramLabel = "D", description = "With --peers: how long to listen; 2s if left out.")
    Optional<String> duration = Optional.empty();

    @Option(names = "--group", paramLabel = "GROUP:PORT",
            description = "With --peers: where to listen; 239.77.255.77:4769 if left out, as announce-group= of an address.")
    Optional<String> group = Optional.empty();

    DoctorCommand(Console console, Stop stop) {
        this.console = console;
        this.stop = stop;
        this.looks = Optional.empty();
    }

    DoctorCommand(Console console, List<Examination.Look> looks) {
        this.console = console;
        this.stop = new Stop();
        this.looks = Optional.of(looks);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (isForPeers) {
            return new PeerList(console, stop, duration.map(text -> Arguments.positive("--duration", text)).orElse(PATIENCE))
                    .print(networkInterface, group.map(text -> DiscoveryGroup.parse("--group", text)).orElse(DiscoveryGroup.DEFAULT),
                            isJson ? PeerList::json : PeerList::text);
        }
        refuseWithoutPeers("--duration", duration);
        refuseWithoutPeers("--group", group);
        boolean isFailed = false;
        for (Examination.Look look : looks.orElseGet(this::all)) {
            Check check = look.look();
            isFailed |= check.state() == State.FAIL;
            String lines = isJson ? json(check) : text(check);
            console.out().write((lines + "\n").getBytes(StandardCharsets.UTF_8));
            console.out().flush();
        }
        return isFailed ? ExitCode.ENVIRONMENT : ExitCode.OK;
    }

    private static void refuseWithoutPeers(String flag, Optional<String> given) {
        given.ifPresent(text -> {
            throw new ConfigException(flag, text, "nothing without --peers");
        });
    }

    private List<Examination.Look> all() {
        var udp = new UdpExamination(networkInterface);
        if (!networkInterface.equals(UdpExamination.LOOPBACK)) {
            udp.requireInterface();
        }
        return Examination.all(udp);
    }

    private String text(Check check) {
        String state = String.format(Locale.ROOT, "%-4s", label(check));
        String line = coloured(check.state(), state) + "  " + check.name() + ": " + Messages.oneLine(check.found());
        return check.remedy().isEmpty() ? line : line + "\n      -> " + check.remedy();
    }

    private String coloured(State state, String text) {
        if (!console.terminal().output() || !console.terminal().colours()) {
            return text;
        }
        String style = switch (state) {
            case OK -> "green";
            case WARN -> "yellow";
            case FAIL -> "red";
        };
        return Ansi.ON.string("@|" + style + " " + text + "|@");
    }

    private static String label(Check check) {
        return check.state().name().toLowerCase(Locale.ROOT);
    }

    private static String json(Check check) {
        var text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("check", check.name());
            json.writeStringProperty("state", label(check));
            json.writeStringProperty("found", check.found());
            json.writeStringProperty("remedy", check.remedy());
            json.writeEndObject();
        }
        return text.toString();
    }
}
