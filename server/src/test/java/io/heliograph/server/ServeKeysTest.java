package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.AddressInUseException;
import io.heliograph.ConfigException;
import io.heliograph.Notice;
import io.heliograph.TransportException;
import io.heliograph.webhook.Cidr;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys, tenants, and what lies in the data folder. */
@Timeout(60)
class ServeKeysTest {

    private static final String NOWHERE = "http://127.0.0.1:9/hook";

    @TempDir
    Path folder;

    private ServeConfig config() {
        return ServeConfig.of(folder).withTargets(List.of(Cidr.parse("127.0.0.0/8")));
    }

    @Test
    void withoutAKeyNothingUnderV1IsAnsweredAndAllElseIs() {
        try (ServeFixture house = ServeFixture.of(config())) {
            for (String route : house.serve.routes()) {
                String method = route.substring(0, route.indexOf(' '));
                String path = route.substring(route.indexOf(' ') + 1).replaceAll("\\{\\w+}", "none");
                if (path.startsWith("/v1/")) {
                    ServeFixture.Reply stranger = house.send(method, path, Optional.empty(), Optional.empty());
                    stranger.expectProblem(401, "no-key");
                    assertThat(stranger.raw().headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"heliograph\"");
                    house.send(method, path, Optional.empty(), Optional.of("x".repeat(40))).expectProblem(401, "unknown-key");
                }
            }
            house.send("GET", "/v1/ledger", Optional.empty(), Optional.empty(), "Authorization", "Basic eDp4").expectProblem(401, "unknown-key");
            for (String path : List.of("/", "/healthz", "/metrics", "/openapi.yaml")) {
                house.send("GET", path, Optional.empty(), Optional.empty()).expect(200);
            }
            house.get("/v1/ledger").expect(200);
        }
    }

    @Test
    void theFirstKeyIsMadeOnceAndStoredAsAHash() throws Exception {
        String key;
        try (ServeFixture house = ServeFixture.of(config())) {
            key = house.serve.firstKey().orElseThrow().reveal();
            assertThat(house.serve.firstKey().orElseThrow().toString()).doesNotContain(key);
        }
        assertThat(Files.readString(folder.resolve("keys"))).doesNotContain(key).contains(" default ");
        assertThat(Files.readString(folder.resolve("api-key"))).isEqualTo(key + "\n");
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(one -> !one.toString().contains("heliograph.db") && !one.toString().endsWith(".lock")).toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).as("%s", file).isEqualTo("rw-------");
            }
        }
        try (ServeFixture house = ServeFixture.of(config())) {
            assertThat(house.serve.firstKey()).isEmpty();
            house.send("GET", "/v1/ledger", Optional.empty(), Optional.of(key)).expect(200);
        }
    }

    @Test
    void aServerThatFindsItsPortTakenLeavesTheFirstKeyToTheNext() {
        try (ServeFixture other = ServeFixture.dev(folder.resolve("other"))) {
            int taken = URI.create(other.serve.url()).getPort();

            assertThatThrownBy(() -> Serve.start(config().withHttp(ServerConfig.defaults().withPort(taken))))
                    .isInstanceOf(AddressInUseException.class).hasMessageContaining(":" + taken);
        }
        assertThat(folder.resolve("keys")).doesNotExist();
        try (ServeFixture house = ServeFixture.of(config())) {
            assertThat(house.serve.firstKey()).isPresent();
        }
    }

    @Test
    void aTenantsStreamShowsItsOwnEventsAlone() throws Exception {
        try (ServeFixture house = ServeFixture.of(config())) {
            Optional<String> other = Optional.of(ApiKeys.in(folder, new SecureRandom()).add("shop").key().reveal());
            try (Stream stream = house.stream("/v1/events/stream?topic=orders.%3E", other)) {
                assertThat(stream.next()).containsExactly(": open");
                house.publish("not-mine").expect(202);
                house.send("POST", "/v1/events", Optional.of(ServeFixture.event("mine")), other, "Content-Type",
                        "application/cloudevents+json").expect(202);

                assertThat(stream.nextData()).hasValue(ServeFixture.event("mine"));
            }
        }
    }

    @Test
    void whatIsTooLongOrHoldsASecretIsNotEchoed() {
        ServeConfig config = config().withKey(ApiKey.parse("0123456789abcdef"));
        assertThat(config.toString()).doesNotContain("0123456789abcdef");
        try (ServeFixture house = ServeFixture.of(config)) {
            ServeFixture.Reply reply = house.send("GET", "/v1/ledger", Optional.empty(), Optional.of("0123456789abcdef"), "X-Long",
                    "a".repeat(20_000));

            reply.expectProblem(431, "http-431");
        }
    }

    @Test
    void keysComeAndGoWhileItServes() {
        try (ServeFixture house = ServeFixture.of(config())) {
            ApiKeys keys = ApiKeys.in(folder, new SecureRandom());

            ApiKeys.Made made = keys.add("shop");
            house.send("GET", "/v1/ledger", Optional.empty(), Optional.of(made.key().reveal())).expect(200);

            assertThat(keys.list()).extracting(ApiKeys.Entry::tenant).containsExactly("default", "shop");
            assertThat(keys.revoke(entry -> entry.tenant().equals("shop"))).containsExactly(made.entry());
            house.send("GET", "/v1/ledger", Optional.empty(), Optional.of(made.key().reveal())).expectProblem(401, "unknown-key");
            house.get("/v1/ledger").expect(200);
            assertThatThrownBy(() -> keys.add("a b")).isInstanceOf(ConfigException.class).hasMessageContaining("tenant 'a b'");
        }
    }

    @Test
    void aKeyOfTheOperatorsIsTakenWithoutBeingStored() {
        String mine = "0123456789abcdef";
        try (ServeFixture house = ServeFixture.of(config().withKey(ApiKey.parse(mine)))) {
            house.send("GET", "/v1/ledger", Optional.empty(), Optional.of(mine)).expect(200);
            assertThat(house.serve.firstKey()).isEmpty();
            assertThat(folder.resolve("keys")).doesNotExist();
        }
        assertThatThrownBy(() -> ApiKey.parse("short-SECRET")).isInstanceOf(ConfigException.class).hasMessageNotContaining("SECRET");
    }

    @Test
    void aTenantSeesNothingOfAnothers() throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(204); ServeFixture house = ServeFixture.of(config())) {
            String other = ApiKeys.in(folder, new SecureRandom()).add("shop").key().reveal();
            String id = house.endpoint(receiver.url()).text("/id");
            house.publish("o-1").expect(202);
            ServeFixture.until(() -> house.sum(id, "delivered") == 1);
            long attempt = house.get("/v1/endpoints/" + id + "/attempts").json().at("/items/0/id").asLong();

            house.send("POST", "/v1/events", Optional.of(ServeFixture.event("o-2")), Optional.of(other), "Content-Type",
                    "application/cloudevents+json").expect(202);

            Optional<String> key = Optional.of(other);
            for (String route : List.of("GET /v1/endpoints/" + id, "DELETE /v1/endpoints/" + id, "POST /v1/endpoints/" + id + "/test",
                    "GET /v1/endpoints/" + id + "/attempts")) {
                house.send(route.split(" ")[0], route.split(" ")[1], Optional.empty(), key).expectProblem(404, "no-endpoint");
            }
            house.send("POST", "/v1/attempts/" + attempt + "/resend", Optional.empty(), key).expectProblem(404, "no-attempt");
            house.send("GET", "/v1/events/o-1", Optional.empty(), key).expectProblem(404, "no-event");
            assertThat(house.send("GET", "/v1/endpoints", Optional.empty(), key).json().at("/items").size()).isZero();
            ServeFixture.Reply ledger = house.send("GET", "/v1/ledger", Optional.empty(), key);
            assertThat(ledger.json().at("/subscribers").size()).isZero();
            assertThat(ledger.json().at("/publishers/0/offered").asLong()).isEqualTo(1);
            assertThat(receiver.hooks()).hasSize(1);
        }
    }

    @Test
    void aSecondServerOnAFolderIsToldWhoHasIt() {
        try (ServeFixture _ = ServeFixture.of(config())) {
            assertThatThrownBy(() -> ServeFixture.of(config())).isInstanceOf(AddressInUseException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
        ServeFixture.of(config()).close();
    }

    @Test
    void aLostMasterKeyIsToldAndNoOtherIsMade() throws IOException {
        try (ServeFixture house = ServeFixture.of(config())) {
            house.endpoint(NOWHERE);
        }
        Path file = folder.resolve("master.key");
        Path away = folder.resolve("away");
        Files.move(file, away);

        assertThatThrownBy(() -> ServeFixture.of(config())).isInstanceOf(TransportException.class).hasMessageContaining("master key")
                .hasMessageContaining("sealed");

        assertThat(file).doesNotExist();
        Files.move(away, file);
        ServeFixture.of(config()).close();
    }

    @Test
    void withoutKeysItServesItsOwnMachineAlone() {
        ServeConfig open = config().withHttp(ServerConfig.defaults().withBindAddress("0.0.0.0"));

        assertThatThrownBy(() -> open.withMode(ServeConfig.Mode.DEV)).isInstanceOf(ConfigException.class).hasMessageContaining("0.0.0.0");
    }

    @Test
    void webhooksGoNowhereThatIsNotPublicUnlessAllowed() {
        try (ServeFixture house = ServeFixture.of(ServeConfig.of(folder))) {
            ServeFixture.Reply refused = house.post("/v1/endpoints", "{\"url\":\"" + NOWHERE + "\"}").expectProblem(400, "target-barred");

            assertThat(refused.text("/detail")).contains("127.0.0.1").contains("--allow-target");
        }
    }

    @Test
    void whereANameLeadsIsTheOperatorsToKnow() {
        var told = new CopyOnWriteArrayList<Notice>();
        try (ServeFixture house = ServeFixture.of(ServeConfig.of(folder).withNotices(told::add))) {
            ServeFixture.Reply refused = house.post("/v1/endpoints", "{\"url\":\"http://localhost:9/\"}").expectProblem(400, "target-barred");

            assertThat(refused.text("/detail")).isEqualTo("url: its host leads to an address that is not public; the server's operator may"
                    + " allow it with --allow-target");
            assertThat(told).singleElement().asString().contains("localhost leads to ", "not public", "loopback");
        }
    }

    @Test
    void whereANameLeadsAttemptsDoNotTellEither() {
        List<Cidr> loopback = List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1/128"));
        String key;
        String endpoint;
        try (ServeFixture house = ServeFixture.of(ServeConfig.of(folder).withTargets(loopback))) {
            key = house.serve.firstKey().orElseThrow().reveal();
            endpoint = house.post("/v1/endpoints", "{\"url\":\"http://localhost:9/\"}").expect(201).text("/id");
        }
        var told = new CopyOnWriteArrayList<Notice>();
        try (ServeFixture house = ServeFixture.of(ServeConfig.of(folder).withNotices(told::add), key)) {
            String attempts = "/v1/endpoints/" + endpoint + "/attempts";
            house.publish("o-1").expect(202);
            ServeFixture.until(() -> !house.get(attempts).expect(200).text("/items/0/outcome").isEmpty());

            ServeFixture.Reply barred = house.get(attempts).expect(200);
            assertThat(barred.text("/items/0/outcome")).isEqualTo("barred");
            assertThat(barred.text("/items/0/detail")).isEqualTo("its host leads to an address that is not public; the server's operator may"
                    + " allow it with --allow-target");
            assertThat(told).anySatisfy(notice -> assertThat(notice.toString()).contains("localhost leads to ", "not public", "loopback"));
        }
    }
}
