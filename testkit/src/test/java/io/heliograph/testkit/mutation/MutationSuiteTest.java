package io.heliograph.testkit.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Losing, doubling, swapping or miscounting one event at any stage turns the contracts red. */
class MutationSuiteTest {

    private static final List<String> CONTRACTS = List.of("MemoryBacklogTest", "LocalPublisherTest", "LocalFlowPolicyTest",
            "LocalSubscriptionTest", "LocalBackPressureTest", "LocalTimeToLiveTest", "LossyIntakeTest");
    private static final long LATE_NS = 10_000_000;
    private static final Launcher LAUNCHER = LauncherFactory.create(LauncherConfig.builder()
            .enableLauncherSessionListenerAutoRegistration(false)
            .enableLauncherDiscoveryListenerAutoRegistration(false)
            .enablePostDiscoveryFilterAutoRegistration(false)
            .enableTestExecutionListenerAutoRegistration(false)
            .build());

    static Stream<Mutation> mutations() {
        return Mutations.all();
    }

    @Test
    void passesWithoutAMutation() throws Exception {
        Redirect.begin((call, arguments, strike) -> call.with(arguments));
        TestExecutionSummary summary = runAll(new MutantLoader(Optional.empty()));
        assertThat(StopAtFirstFailure.failed()).isEmpty();
        assertThat(summary.getTotalFailureCount()).isZero();
        assertThat(summary.getTestsSucceededCount()).isGreaterThan(80);
    }

    /** Between a handler's return and the count of what it was told, its thread may not run for a while. */
    @Test
    void passesWhereAGapIsCountedLate() throws Exception {
        var late = new Mutation("a gap is counted late", "", "Intake", "hand", "Intake", "finish", () -> (call, arguments, strike) -> {
            if (arguments[1].getClass().getSimpleName().equals("Gap")) {
                strike.run();
                LockSupport.parkNanos(LATE_NS);
            }
            return call.with(arguments);
        });
        Redirect.begin(late.fault().get());
        var loader = new MutantLoader(Optional.of(late));
        TestExecutionSummary summary = run(loader,
                List.of(selectClass(contract(loader, "LocalSubscriptionTest")), selectClass(contract(loader, "LocalFlowPolicyTest"))));
        assertThat(StopAtFirstFailure.failed()).isEmpty();
        assertThat(summary.getTotalFailureCount()).isZero();
        assertThat(Redirect.strikes()).as("gaps counted late").isGreaterThan(10);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutations")
    void isNoticed(Mutation mutation) throws Exception {
        var loader = new MutantLoader(Optional.of(mutation));
        Redirect.begin(mutation.fault().get());
        long startNs = System.nanoTime();
        String[] killer = mutation.killer().split("\\.");
        TestExecutionSummary summary = run(loader, List.of(selectMethod(contract(loader, killer[0] + "Test"), killer[1])));
        if (summary.getTotalFailureCount() == 0) {
            loader = new MutantLoader(Optional.of(mutation));
            Redirect.begin(mutation.fault().get());
            summary = runAll(loader);
        }
        assertThat(loader.redirected()).as("calls redirected by: " + mutation).isPositive();
        assertThat(Redirect.strikes()).as("strikes of: " + mutation).isPositive();
        if (summary.getTotalFailureCount() == 0) {
            fail("no contract notices: " + mutation + ", which struck " + Redirect.strikes() + " times");
        }
        if (Boolean.getBoolean("heliograph.mutations.print")) {
            System.out.println("noticed: " + mutation + " | " + StopAtFirstFailure.failed().orElse("?") + " | "
                    + (System.nanoTime() - startNs) / 1_000_000 + " ms");
        }
    }

    private static TestExecutionSummary runAll(MutantLoader loader) throws ClassNotFoundException {
        List<DiscoverySelector> selectors = new ArrayList<>();
        for (String contract : CONTRACTS) {
            selectors.add(selectClass(contract(loader, contract)));
        }
        return run(loader, selectors);
    }

    private static Class<?> contract(MutantLoader loader, String name) throws ClassNotFoundException {
        return loader.loadClass("io.heliograph.testkit." + name);
    }

    private static TestExecutionSummary run(MutantLoader loader, List<? extends DiscoverySelector> selectors) {
        StopAtFirstFailure.reset();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            var request = LauncherDiscoveryRequestBuilder.request()
                    .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                    .selectors(selectors);
            var listener = new SummaryGeneratingListener();
            LAUNCHER.execute(request.build(), listener);
            return listener.getSummary();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
