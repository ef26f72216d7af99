package io.heliograph.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * What the contracts of a transport have in common: each case gets a scene at a fresh address, and ends with everything
 * brought to rest, both sums compared with an independent {@link Recorder}, everything closed, and compared again.
 */
@Timeout(60)
public abstract class TransportContract {

    private Scene scene;

    /** For subclasses. */
    protected TransportContract() {
    }

    /** The transport that must keep the contract. */
    protected abstract TransportUnderTest transport();

    @BeforeEach
    final void openScene() {
        scene = new Scene(transport());
    }

    @AfterEach
    final void bothEndsAndTheLedgersAgree() {
        scene.finish();
    }

    Scene scene() {
        return scene;
    }

    Capabilities capabilities() {
        return transport().capabilities();
    }

    void awaitListeners(RecordedPublisher publisher, int count) {
        scene.await(count + " subscribers", () -> publisher.subscribers() == count);
    }

    void needs(Trait... traits) {
        assumeTrue(capabilities().has(traits), () -> "needs " + Arrays.toString(traits));
    }

    void needs(PolicyKind... kinds) {
        assumeTrue(capabilities().can(kinds), () -> "needs " + Arrays.toString(kinds));
    }
}
