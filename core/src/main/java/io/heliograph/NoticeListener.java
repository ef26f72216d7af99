package io.heliograph;

/**
 * Hears of faults at run time, on whatever thread met the fault; it must be thread-safe and quick. What it throws is
 * ignored.
 */
@FunctionalInterface
public interface NoticeListener {

    /** Ignores every notice; the counters still tell. */
    NoticeListener NONE = notice -> {
    };

    /** Is told of one fault. */
    void onNotice(Notice notice);
}
