package io.heliograph.testkit.mutation;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where a redirected call arrives: as an {@code invokedynamic} whose bootstrap gets the call that was meant, so that
 * private methods and package-private types need no access of their own. One mutation is under way at a time.
 */
public final class Redirect {

    private static volatile Fault fault = (call, arguments, strike) -> call.with(arguments);
    private static final AtomicInteger STRIKES = new AtomicInteger();

    private Redirect() {
    }

    static void begin(Fault next) {
        STRIKES.set(0);
        fault = next;
    }

    /** How often the fault has done something else than the call. */
    static int strikes() {
        return STRIKES.get();
    }

    /** Links one redirected call. */
    public static CallSite link(MethodHandles.Lookup caller, String name, MethodType type, MethodHandle meant)
            throws ReflectiveOperationException {
        MethodHandle spread = meant.asSpreader(Object[].class, type.parameterCount())
                .asType(MethodType.methodType(Object.class, Object[].class));
        MethodHandle arrive = MethodHandles.lookup().findStatic(Redirect.class, "arrive",
                MethodType.methodType(Object.class, MethodHandle.class, Object[].class));
        return new ConstantCallSite(arrive.bindTo(spread).asCollector(Object[].class, type.parameterCount()).asType(type));
    }

    private static Object arrive(MethodHandle meant, Object[] arguments) throws Throwable {
        return fault.at(with -> (Object) meant.invokeExact(with), arguments, STRIKES::incrementAndGet);
    }
}
