package io.heliograph.cli;

/** What the program's exit tells its caller. */
final class ExitCode {

    /** Done; also when a stop was asked for by SIGTERM and everything accepted was handed on. */
    static final int OK = 0;
    /** It ran, but not everything went well: an unreadable line, a count that was not reached. */
    static final int FAILED = 1;
    /** It was called wrongly; nothing was done. */
    static final int USAGE = 2;
    /** The machine does not give what is needed: a taken port, a refused socket. */
    static final int ENVIRONMENT = 3;
    /** Ctrl-C ended it, after its summary: 128 and the number of SIGINT, as shells expect. */
    static final int INTERRUPTED = 130;

    private ExitCode() {
    }
}
