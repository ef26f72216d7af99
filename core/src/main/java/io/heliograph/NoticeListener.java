package io.heliograph;

/** Hears of faults at run time. Called on whatever thread met the fault; it must be thread-safe and quick. */
@FunctionalInterface
public interface NoticeListener {

    /** Ignores every notice; the counters still tell. */
    NoticeListener NONE = notice -> {
    };

    /** Is told of one fault. */
    void onNotice(Notice notice);
}
