package io.heliograph.cli;

import io.heliograph.cli.Stop.Cause;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Turns SIGINT and SIGTERM into a {@link Stop}. The second Ctrl-C ends the process at once.
 *
 * <p>A shutdown hook learns neither which signal came nor can it choose the exit code; {@code sun.misc.Signal} of module
 * jdk.unsupported does both, and keeps the JVM running, so that the command ends in its ordinary way. It is called by
 * reflection because javac's warning about it cannot be suppressed and warnings are errors here. Without it (another
 * JVM, {@code -Xrs}) the signals end the process as they end any Java program.
 */
final class Signals {

    private Signals() {
    }

    static void stopOn(Stop stop) {
        handle("INT", stop, Cause.INTERRUPT);
        handle("TERM", stop, Cause.TERMINATE);
    }

    private static void handle(String signal, Stop stop, Cause cause) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handlerType},
                    (proxy, method, arguments) -> answer(proxy, method, arguments, () -> onSignal(stop, cause)));
            signalType.getMethod("handle", signalType, handlerType)
                    .invoke(null, signalType.getConstructor(String.class).newInstance(signal), handler);
        } catch (ClassNotFoundException | NoSuchMethodException | InstantiationException | IllegalAccessException e) {
            // Another JVM: the default action stays.
        } catch (InvocationTargetException e) {
            // -Xrs, or a system without this signal: the default action stays.
        }
    }

    private static void onSignal(Stop stop, Cause cause) {
        boolean isFirst = stop.request(cause);
        if (!isFirst && cause == Cause.INTERRUPT) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
        }
    }

    /** A proxy gets the methods of Object too: a table of handlers may ask for them. */
    private static Object answer(Object proxy, Method method, Object[] arguments, Runnable action) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "heliograph";
            default -> {
                action.run();
                // The handler's method is void: what is returned here is dropped.
                yield "";
            }
        };
    }
}
