package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.NoticeListener;
import io.heliograph.spi.Address;
import io.heliograph.store.StoreAddress;
import io.heliograph.webhook.Cidr;
import io.heliograph.webhook.Handshake;
import io.heliograph.webhook.MasterKey;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a {@link Serve} serves. Immutable; shows no key.
 *
 * @param data      the data folder: keys, the master key, and the store if nothing else is said
 * @param store     where events are kept
 * @param http      how HTTP is served; its access and its notices are not used
 * @param mode      whether keys are asked for
 * @param key       a key of the default tenant that is not stored
 * @param masterKey seals secrets; else the one in the data folder does, which is made when it is first needed
 * @param targets   blocks of addresses that webhooks may go to though they are not public
 * @param origin    the sender's name in handshakes
 * @param notices   hears of faults
 * @param listens   addresses whose events are taken in as if they came over HTTP, each once
 * @param addresses where alerts may be sent beside endpoints, by the names that saved searches call them
 * @param limits    how much is kept, and for how long
 */
public record ServeConfig(Path data, StoreAddress store, ServerConfig http, Mode mode, Optional<ApiKey> key,
        Optional<MasterKey> masterKey, List<Cidr> targets, String origin, NoticeListener notices, List<String> listens,
        Map<String, String> addresses, ServeLimits limits) {

    /** The longest request body: an event of 1 MiB is longer in JSON, and a batch holds several. */
    public static final int MAX_BODY_BYTES = 4 << 20;

    /** The most addresses that are listened at. */
    public static final int MAX_LISTENS = 64;

    /** The most addresses with a name. */
    public static final int MAX_ADDRESSES = 1_000;

    /** The longest name of an address. */
    public static final int MAX_NAME_LENGTH = 64;

    private static final List<Cidr> LOOPBACK = List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1"));

    /** Whether keys are asked for. */
    public enum Mode {
        /** Everything under {@code /v1} needs a key. */
        KEYED,
        /** For this machine alone: no key is asked for, and webhooks may go to the loopback interface. */
        DEV
    }

    /** @throws ConfigException if a server without keys is to be reached from elsewhere, or an address cannot be one */
    public ServeConfig {
        targets = List.copyOf(targets);
        listens = List.copyOf(listens);
        addresses = Collections.unmodifiableMap(new LinkedHashMap<>(addresses));
        Handshake.of(origin);
        requireListens(listens);
        requireAddresses(addresses);
        if (mode == Mode.DEV && !InetAddress.ofLiteral(http.bindAddress()).isLoopbackAddress()) {
            throw new ConfigException("bind address of a server without keys", http.bindAddress(), "an address of the loopback interface");
        }
    }

    private static void requireListens(List<String> listens) {
        listens.forEach(Address::parse);
        if (listens.size() > MAX_LISTENS || Set.copyOf(listens).size() < listens.size()) {
            throw new ConfigException("addresses to listen at", listens.size(), "each once, at most " + MAX_LISTENS);
        }
    }

    private static void requireAddresses(Map<String, String> addresses) {
        addresses.forEach((name, address) -> {
            if (!name.matches("[A-Za-z0-9._-]{1," + MAX_NAME_LENGTH + "}")) {
                throw new ConfigException("name of an address", name, "1 to " + MAX_NAME_LENGTH + " letters, digits, '.', '-' and '_'");
            }
            Address.parse(address);
        });
        if (addresses.size() > MAX_ADDRESSES) {
            throw new ConfigException("addresses", addresses.size(), "at most " + MAX_ADDRESSES);
        }
    }

    /** Everything in one folder, served at 127.0.0.1:8080 to whoever shows a key. */
    public static ServeConfig of(Path data) {
        return new ServeConfig(data, new StoreAddress.DataFolder(data), ServerConfig.defaults().withMaxBodyBytes(MAX_BODY_BYTES), Mode.KEYED,
                Optional.empty(), Optional.empty(), List.of(), "heliograph", NoticeListener.NONE, List.of(), Map.of(), ServeLimits.defaults());
    }

    /** The same in another folder, and with the store in it if it was in the folder before. */
    public ServeConfig withData(Path folder) {
        StoreAddress moved = store.equals(new StoreAddress.DataFolder(data)) ? new StoreAddress.DataFolder(folder) : store;
        return new ServeConfig(folder, moved, http, mode, key, masterKey, targets, origin, notices, listens, addresses, limits);
    }

    /** The same with another store. */
    public ServeConfig withStore(StoreAddress other) {
        return new ServeConfig(data, other, http, mode, key, masterKey, targets, origin, notices, listens, addresses, limits);
    }

    /** The same, served otherwise. */
    public ServeConfig withHttp(ServerConfig other) {
        return new ServeConfig(data, store, other, mode, key, masterKey, targets, origin, notices, listens, addresses, limits);
    }

    /** The same in another mode. */
    public ServeConfig withMode(Mode other) {
        return new ServeConfig(data, store, http, other, key, masterKey, targets, origin, notices, listens, addresses, limits);
    }

    /** The same with a key that is not stored. */
    public ServeConfig withKey(ApiKey another) {
        return new ServeConfig(data, store, http, mode, Optional.of(another), masterKey, targets, origin, notices, listens, addresses, limits);
    }

    /** The same with a master key that is not in the data folder. */
    public ServeConfig withMasterKey(MasterKey other) {
        return new ServeConfig(data, store, http, mode, key, Optional.of(other), targets, origin, notices, listens, addresses, limits);
    }

    /** The same with other blocks that webhooks may go to. */
    public ServeConfig withTargets(List<Cidr> others) {
        return new ServeConfig(data, store, http, mode, key, masterKey, others, origin, notices, listens, addresses, limits);
    }

    /** The same under another name in handshakes. */
    public ServeConfig withOrigin(String other) {
        return new ServeConfig(data, store, http, mode, key, masterKey, targets, other, notices, listens, addresses, limits);
    }

    /** The same with {@code listener} hearing of faults. */
    public ServeConfig withNotices(NoticeListener listener) {
        return new ServeConfig(data, store, http, mode, key, masterKey, targets, origin, listener, listens, addresses, limits);
    }

    /** The same, listening at these addresses. */
    public ServeConfig withListens(List<String> others) {
        return new ServeConfig(data, store, http, mode, key, masterKey, targets, origin, notices, others, addresses, limits);
    }

    /** The same with other addresses that have names. */
    public ServeConfig withAddresses(Map<String, String> others) {
        return new ServeConfig(data, store, http, mode, key, masterKey, targets, origin, notices, listens, others, limits);
    }

    /** The same with other limits. */
    public ServeConfig withLimits(ServeLimits others) {
        return new ServeConfig(data, store, http, mode, key, masterKey, targets, origin, notices, listens, addresses, others);
    }

    /**
     * The same with what a file says, as {@code serve --config} reads it: {@code port}, {@code bind}, {@code host-name}, {@code data},
     * {@code store}, {@code allow-target}, {@code listen}, {@code address.NAME}, {@code retention}, {@code store-limit}.
     *
     * @throws ConfigException naming the line that cannot be used
     */
    public ServeConfig withFile(ConfigFile file) {
        return ServeFile.apply(file, this);
    }

    /** All blocks that webhooks may go to though they are not public. */
    List<Cidr> allowed() {
        var all = new ArrayList<>(targets);
        if (mode == Mode.DEV) {
            all.addAll(LOOPBACK);
        }
        return all;
    }
}
