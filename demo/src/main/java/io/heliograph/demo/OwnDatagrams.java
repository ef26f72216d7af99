package io.heliograph.demo;

import io.heliograph.statsd.GeneratorSums;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The first hop of the demo's own numbered datagrams, exactly.
 *
 * @param sent     taken by the operating system
 * @param received seen by the StatsD server, each once
 * @param lost     numbers below the highest received one that are missing
 * @param unsent   not taken by the operating system, and so not among {@code sent}
 */
record OwnDatagrams(long sent, long received, long lost, long unsent) {

    /** Reads what was received first: what is sent in between is on its way, not lost. */
    static OwnDatagrams of(Optional<Traffic> traffic, List<GeneratorSums> heard) {
        Map<String, GeneratorSums> byId =
                heard.stream().collect(Collectors.toMap(GeneratorSums::id, Function.identity()));
        long sent = 0;
        long received = 0;
        long lost = 0;
        long unsent = 0;
        for (MetricSender sender : traffic.map(Traffic::senders).orElse(List.of())) {
            sent += sender.sent();
            unsent += sender.unsent();
            if (byId.containsKey(sender.id())) {
                received += byId.get(sender.id()).received();
                lost += byId.get(sender.id()).lost();
            }
        }
        return new OwnDatagrams(sent, received, lost, unsent);
    }
}
