package io.heliograph.testkit.mutation;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** What happens in place of a call. */
@FunctionalInterface
interface Fault {

    /** The call that was to happen. */
    @FunctionalInterface
    interface Call {
        Object with(Object... arguments) throws Throwable;
    }

    /** The outcome of one call; {@code strike} is told when the fault does something else than the call. */
    Object at(Call call, Object[] arguments, Runnable strike) throws Throwable;

    /** At its {@code nth} call, nothing is called, and {@code result} is returned. */
    static Fault skip(int nth, Object result) {
        return once(nth, (call, arguments) -> result);
    }

    /** A call that returns nothing is left out. */
    static Fault lose(int nth) {
        return skip(nth, null);
    }

    /** At its {@code nth} call, it is called twice. */
    static Fault twice(int nth) {
        return once(nth, (call, arguments) -> {
            call.with(arguments);
            return call.with(arguments);
        });
    }

    /** Its {@code nth} call happens behind the next one on the same object. */
    static Fault swap(int nth) {
        var count = new AtomicInteger();
        var held = new AtomicReference<Object[]>();
        return (call, arguments, strike) -> {
            if (count.incrementAndGet() == nth) {
                held.set(arguments);
                strike.run();
                return null;
            }
            Object result = call.with(arguments);
            Object[] late = held.get();
            boolean isNext = late != null && late[0] == arguments[0] && held.compareAndSet(late, null);
            return isNext ? call.with(late) : result;
        };
    }

    /** Behind the {@code nth} call whose result is {@code wanted}, something else happens, and its result counts. */
    static Fault after(int nth, Predicate<Object> wanted, Instead instead) {
        var count = new AtomicInteger();
        return (call, arguments, strike) -> {
            Object result = call.with(arguments);
            if (!wanted.test(result) || count.incrementAndGet() != nth) {
                return result;
            }
            strike.run();
            return instead.of(call, arguments);
        };
    }

    /** The {@code nth} result that is {@code wanted} is returned again by the call that follows. */
    static Fault again(int nth, Predicate<Object> wanted) {
        var count = new AtomicInteger();
        var kept = new AtomicReference<Object>();
        return (call, arguments, strike) -> {
            Object old = kept.getAndSet(null);
            if (old != null) {
                strike.run();
                return old;
            }
            Object result = call.with(arguments);
            if (wanted.test(result) && count.incrementAndGet() == nth) {
                kept.set(result);
            }
            return result;
        };
    }

    /** At every call, the result is changed; it strikes where that makes a difference. */
    static Fault result(UnaryOperator<Object> change) {
        return (call, arguments, strike) -> {
            Object result = call.with(arguments);
            Object changed = change.apply(result);
            if (!changed.equals(result)) {
                strike.run();
            }
            return changed;
        };
    }

    /** The first result that the change alters; later ones stay. */
    static Fault firstResult(UnaryOperator<Object> change) {
        var isDone = new AtomicBoolean();
        return (call, arguments, strike) -> {
            Object result = call.with(arguments);
            Object changed = change.apply(result);
            if (!changed.equals(result) && isDone.compareAndSet(false, true)) {
                strike.run();
                return changed;
            }
            return result;
        };
    }

    /** At its {@code nth} call, one argument (the receiver is number 0) is changed. */
    static Fault argument(int nth, int index, UnaryOperator<Object> change) {
        return once(nth, (call, arguments) -> {
            arguments[index] = change.apply(arguments[index]);
            return call.with(arguments);
        });
    }

    /** Nothing is ever called. */
    static Fault never(Object result) {
        return (call, arguments, strike) -> {
            strike.run();
            return result;
        };
    }

    /** What happens at one call. */
    @FunctionalInterface
    interface Instead {
        Object of(Call call, Object[] arguments) throws Throwable;
    }

    /** At its {@code nth} call, something else. */
    static Fault once(int nth, Instead instead) {
        var count = new AtomicInteger();
        return (call, arguments, strike) -> {
            if (count.incrementAndGet() != nth) {
                return call.with(arguments);
            }
            strike.run();
            return instead.of(call, arguments);
        };
    }
}
