package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.NoticeListener;
import io.heliograph.store.StoreAddress;
import io.heliograph.webhook.Cidr;
import io.heliograph.webhook.Handshake;
import io.heliograph.webhook.MasterKey;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
 */
public record ServeConfig(Path data, StoreAddress store, ServerConfig http, Mode mode, Optional<ApiKey> key,
        Optional<MasterKey> masterKey, List<Cidr> targets, String origin, NoticeListener notices) {

    /** The longest request body: an event of 1 MiB is longer in JSON, and a batch holds several. */
    public static final int MAX_BODY_BYTES = 4 << 20;

    private static final List<Cidr> LOOPBACK = List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1"));

    /** Whether keys are asked for. */
    public enum Mode {
        /** Everything under {@code /v1} needs a key. */
        KEYED,
        /** For this machine alone: no key is asked for, and webhooks may go to the loopback interface. */
        DEV
    }

    /** @throws ConfigException if a server without keys is to be reached from elsewhere */
    public ServeConfig {
        targets = List.copyOf(targets);
        Handshake.of(origin);
        if (mode == Mode.DEV && !InetAddress.ofLiteral(http.bindAddress()).isLoopbackAddress()) {
            throw new ConfigException("bind address of a server without keys", http.bindAddress(), "an address of the loopback interface");
        }
    }

    /** Everything in one folder, served at 127.0.0.1:8080 to whoever shows a key. */
    public static ServeConfig of(Path data) {
        return new ServeConfig(data, new StoreAddress.DataFolder(data), ServerConfig.defaults().withMaxBodyBytes(MAX_BODY_BYTES), Mode.KEYED,
                Optional.empty(), Optional.empty(), List.of(), "heliograph", NoticeListener.NONE);
    }

    /** The same with another store. */
    public ServeConfig withStore(StoreAddress other) {
        return new ServeConfig(data, other, http, mode, key, masterKey, targets, origin, notices);
    }

    /** The same, served otherwise. */
    public ServeConfig withHttp(ServerConfig other) {
        return new ServeConfig(data, store, other, mode, key, masterKey, targets, origin, notices);
    }

    /** The same in another mode. */
    public ServeConfig withMode(Mode other) {
        return new ServeConfig(data, store, http, other, key, masterKey, targets, origin, notices);
    }

    /** The same with a key that is not stored. */
    public ServeConfig withKey(ApiKey another) {
        return new ServeConfig(data, store, http, mode, Optional.of(another), masterKey, targets, origin, notices);
    }

    /** The same with a master key that is not in the data folder. */
    public ServeConfig withMasterKey(MasterKey other) {
        return new ServeConfig(data, store, http, mode, key, Optional.of(other), targets, origin, notices);
    }

    /** The same with other blocks that webhooks may go to. */
    public ServeConfig withTargets(List<Cidr> others) {
        return new ServeConfig(data, store, http, mode, key, masterKey, others, origin, notices);
    }

    /** The same under another name in handshakes. */
    public ServeConfig withOrigin(String other) {
        return new ServeConfig(data, store, http, mode, key, masterKey, targets, other, notices);
    }

    /** The same with {@code listener} hearing of faults. */
    public ServeConfig withNotices(NoticeListener listener) {
        return new ServeConfig(data, store, http, mode, key, masterKey, targets, origin, listener);
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
