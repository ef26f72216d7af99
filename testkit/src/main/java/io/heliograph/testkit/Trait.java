package io.heliograph.testkit;

/** What a transport can promise; a contract leaves out the cases that rest on a trait it lacks. */
public enum Trait {
    /** A session's events reach a handler in the order in which they were accepted. */
    ORDERED,
    /** What publish accepts is at its subscribers when it returns, and whoever subscribes hears the next event. */
    IMMEDIATE,
    /** Nothing is lost but what a policy, a time to live, a handler or a close gives up. */
    LOSSLESS,
    /**
     * A publish sees the backlogs of its subscribers: {@code DROPPED} and {@code BACK_PRESSURED} come from there, and
     * the publisher's policy is its subscriptions' default and ceiling.
     */
    SEES_BACKLOGS,
    /** What nobody is there to hear is accepted all the same, and counted as unheard. */
    UNHEARD,
    /** Several publishers may be open at one address. */
    SEVERAL_PUBLISHERS,
    /** It runs on the clock it is given, so that {@link ManualClock} decides every wait. */
    MANUAL_TIME,
    /** It carries requests and answers. */
    REQUESTS,
    /** A subscription may set a condition on events; who lacks this refuses one. */
    CONDITIONS
}
