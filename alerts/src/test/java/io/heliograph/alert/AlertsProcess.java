package io.heliograph.alert;

import io.heliograph.Event;
import io.heliograph.NoticeListener;
import io.heliograph.PublishResult;
import io.heliograph.spi.Environment;
import io.heliograph.store.StoreAddress;
import io.heliograph.store.StoreLimits;
import io.heliograph.testkit.ChildProcess;
import io.heliograph.time.Clock;
import io.heliograph.time.WallClock;
import io.heliograph.webhook.Cidr;
import io.heliograph.webhook.Deliveries;
import io.heliograph.webhook.TargetGuard;
import io.heliograph.webhook.WebhookClient;
import io.heliograph.webhook.WebhookClientConfig;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * A process that publishes, matches and delivers, and stands still at some point until it is killed. It says {@code ack N.} for each
 * event that is on disk, and {@code still.} when its matcher stands.
 */
final class AlertsProcess {

    static final int EVENTS = 40;
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    /** Where it stands still. */
    enum Point {
        /** Events are acknowledged, and none is matched. */
        ACKNOWLEDGED,
        /** Some are matched, in memory. */
        MATCHING,
        /** Some alerts are on disk. */
        COMMITTED,
        /** Nowhere: whoever receives its alerts kills it. */
        DELIVERING,
        /** A search is on disk and not in the index; it says {@code put.} then. */
        PUT
    }

    private AlertsProcess() {
    }

    static ChildProcess start(Path folder, Path scratch, Point point, int from) {
        return ChildProcess.start(List.of(ProcessHandle.current().info().command().orElse("java"), "--enable-native-access=ALL-UNNAMED",
                "-Dorg.sqlite.tmpdir=" + scratch, "-Dslf4j.internal.verbosity=ERROR", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-Xmx192m", "-cp", System.getProperty("java.class.path"), AlertsProcess.class.getName(), folder.toString(), point.name(),
                String.valueOf(from)));
    }

    static WebhookClient client() {
        return WebhookClient.open(WebhookClientConfig.defaults(), TargetGuard.of(List.of(Cidr.parse("127.0.0.0/8")),
                host -> List.of(InetAddress.ofLiteral("127.0.0.1"))), Environment.system());
    }

    /** Arguments: folder, point, first number. */
    public static void main(String[] arguments) throws InterruptedException {
        Point point = Point.valueOf(arguments[1]);
        int first = Integer.parseInt(arguments[2]);
        WallClock clock = () -> {
            standIf(isAt(point));
            return WallClock.SYSTEM.epochNanos();
        };
        var setup = new AlertsFixture.Setup(StoreAddress.parse(arguments[0]), StoreLimits.DEFAULT, Clock.SYSTEM, clock, NoticeListener.NONE,
                Map.of(), AlertsConfig.defaults());
        try (AlertsFixture fixture = setup.open(); WebhookClient client = client();
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            if (point == Point.PUT) {
                fixture.put("late", "title:house");
                System.out.println("put.");
            }
            fixture.alerts.follow(alert -> standIf(point == Point.COMMITTED));
            for (int n = first; n < first + EVENTS && deliveries.underWay() >= 0; n++) {
                Event event = AlertsFixture.listing(n, "House", n);
                String line = "ack " + n + ".";
                var _ = fixture.outbox.publish(AlertsFixture.TENANT, event, Optional.empty()).thenAccept(publication -> {
                    if (publication.result() == PublishResult.ACCEPTED) {
                        System.out.println(line);
                    }
                });
            }
            NEVER.await();
        }
    }

    /** The matcher asks for the time where it waits for work, and where it judges a match. */
    private static boolean isAt(Point point) {
        if (!Thread.currentThread().getName().equals("heliograph-alert-matcher")) {
            return false;
        }
        String method = switch (point) {
            case ACKNOWLEDGED, PUT -> "awaitWork";
            case MATCHING -> "isLetThrough";
            case COMMITTED, DELIVERING -> "";
        };
        return StackWalker.getInstance().walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals(method)));
    }

    private static void standIf(boolean isHere) {
        if (isHere) {
            System.out.println("still.");
            try {
                NEVER.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
