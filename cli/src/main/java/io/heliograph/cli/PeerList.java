package io.heliograph.cli;

import io.heliograph.Notation;
import io.heliograph.discovery.DiscoveryGroup;
import io.heliograph.discovery.Peer;
import io.heliograph.discovery.PeerCounters;
import io.heliograph.discovery.PeerListener;
import io.heliograph.spi.Environment;
import io.heliograph.spi.Interfaces;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Listens for a while, then prints who announced itself: a line each, as they say and unproven. */
final class PeerList {

    private final Console console;
    private final Stop stop;
    private final Duration patience;

    PeerList(Console console, Stop stop, Duration patience) {
        this.console = console;
        this.stop = stop;
        this.patience = patience;
    }

    /** @throws io.heliograph.HeliographException if there is no such interface, or it cannot be listened on */
    int print(String interfaceSetting, DiscoveryGroup group, Function<Peer, String> format) throws IOException, InterruptedException {
        NetworkInterface networkInterface = Interfaces.named(interfaceSetting);
        Messages messages = console.messages();
        var environment = Environment.system().withNotices(notice -> messages.line(NoticeText.of(notice)));
        try (var listener = PeerListener.open(networkInterface, group, environment)) {
            messages.line("doctor: listening at " + group + " on " + networkInterface.getName()
                    + " for " + Notation.write(patience));
            stop.await(patience.toNanos());
            List<Peer> peers = listener.peers().list();
            for (Peer peer : peers) {
                console.out().write((format.apply(peer) + "\n").getBytes(StandardCharsets.UTF_8));
            }
            console.out().flush();
            messages.line("doctor: " + summary(peers.size(), listener.peers().counters()));
        }
        return ExitCode.OK;
    }

    static String summary(int peers, PeerCounters counters) {
        return (peers == 1 ? "1 peer announces itself" : peers + " peers announce themselves")
                + (peers == 0 ? "; an address does where it says announce=NAME" : "")
                + (counters.ignored() == 0 ? "" : "; datagrams that are no beacons: " + counters.ignored())
                + (counters.refused() == 0 ? "" : "; beacons that the full table had no place for: " + counters.refused());
    }

    static String text(Peer peer) {
        List<String> topics = peer.beacon().topics();
        return peer.beacon().name() + "  " + String.join(" ", peer.beacon().addresses())
                + (topics.isEmpty() ? "" : "  topics " + String.join(" ", topics))
                + "  from " + text(peer.source());
    }

    static String json(Peer peer) {
        var text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("name", peer.beacon().name());
            strings(json, "addresses", peer.beacon().addresses());
            strings(json, "topics", peer.beacon().topics());
            json.writeStringProperty("source", text(peer.source()));
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void strings(JsonGenerator json, String name, List<String> values) {
        json.writeArrayPropertyStart(name);
        values.forEach(json::writeString);
        json.writeEndArray();
    }

    /** In figures: no name is looked up for an address that a stranger sent from. */
    private static String text(InetSocketAddress source) {
        return source.getAddress().getHostAddress() + ":" + source.getPort();
    }
}
