package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.wire.FrameDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.List;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.IClassCoverage;
import org.jacoco.core.analysis.ICounter;
import org.jacoco.core.data.ExecutionDataStore;
import org.jacoco.core.data.SessionInfoStore;
import org.jacoco.core.instr.Instrumenter;
import org.jacoco.core.runtime.IRuntime;
import org.jacoco.core.runtime.LoggerRuntime;
import org.jacoco.core.runtime.RuntimeData;
import org.junit.jupiter.api.Test;

/** How much of the decoders {@link FuzzTest}'s datagrams reach, as JaCoCo counts it: instrumented in a loader of their own. */
class DecoderCoverageTest {

    private static final List<Class<?>> DECODERS = List.of(Datagram.class, ControlBody.class, Reassembly.class, FrameDecoder.class);
    private static final int MUTANTS = 100_000;
    private static final double LEAST = 0.95;

    @Test
    void theMutantsReachNearlyEveryBranchOfTheDecoders() throws Exception {
        IRuntime runtime = new LoggerRuntime();
        var data = new RuntimeData();
        runtime.startup(data);
        var executed = new ExecutionDataStore();
        try {
            Method run = new InstrumentingLoader(runtime).loadClass(DecoderDrill.class.getName())
                    .getDeclaredMethod("run", long.class, int.class);
            run.setAccessible(true);
            run.invoke(run, FuzzTest.SEED, MUTANTS);
            data.collect(executed, new SessionInfoStore(), false);
        } finally {
            runtime.shutdown();
        }
        for (Class<?> decoder : DECODERS) {
            var builder = new CoverageBuilder();
            new Analyzer(executed, builder).analyzeClass(bytes(decoder.getName()), decoder.getName());
            IClassCoverage coverage = builder.getClasses().iterator().next();
            ICounter branches = coverage.getBranchCounter();
            System.out.printf("branches of %s reached by %,d mutants: %d of %d%s%n", decoder.getSimpleName(), MUTANTS,
                    branches.getCoveredCount(), branches.getTotalCount(), missed(coverage));
            assertThat(branches.getCoveredRatio()).as("%s%s", decoder.getSimpleName(), missed(coverage)).isGreaterThanOrEqualTo(LEAST);
        }
    }

    private static String missed(IClassCoverage coverage) {
        var missed = new StringBuilder();
        for (int line = coverage.getFirstLine(); line <= coverage.getLastLine(); line++) {
            int count = coverage.getLine(line).getBranchCounter().getMissedCount();
            if (count > 0) {
                missed.append(missed.isEmpty() ? "; missed in lines " : ", ").append(line);
            }
        }
        return missed.toString();
    }

    private static byte[] bytes(String className) {
        try (InputStream in = DecoderCoverageTest.class.getResourceAsStream("/" + className.replace('.', '/') + ".class")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loads all of this project's classes itself, the decoders instrumented. */
    private static final class InstrumentingLoader extends ClassLoader {
        private final Instrumenter instrumenter;

        InstrumentingLoader(IRuntime runtime) {
            super(DecoderCoverageTest.class.getClassLoader());
            this.instrumenter = new Instrumenter(runtime);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null || !name.startsWith("io.heliograph.")) {
                    return loaded == null ? super.loadClass(name, resolve) : loaded;
                }
                byte[] bytes = bytes(name);
                boolean isDecoder = DECODERS.stream().anyMatch(decoder -> decoder.getName().equals(name));
                byte[] defined = isDecoder ? instrumented(name, bytes) : bytes;
                return defineClass(name, defined, 0, defined.length);
            }
        }

        private byte[] instrumented(String name, byte[] bytes) {
            try {
                return instrumenter.instrument(bytes, name);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
