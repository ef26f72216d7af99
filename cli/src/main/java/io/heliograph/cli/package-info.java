/**
 * The command line: data goes to standard output and everything else to standard error, so that each command can be one
 * word in a pipe.
 *
 * <pre>
 * Main -> Program -> PubCommand  -> Publishing <- Feed        (lines, or one event many times)
 *                    SubCommand  -> Listening  -> EventPrinter (lines to standard output)
 *                    BenchCommand -> BenchRun -> BenchPublisher, BenchSubscriber, BenchResult -> BenchPage
 *                    DemoCommand -> io.heliograph.demo
 *                    DoctorCommand -> Examination, UdpExamination
 * </pre>
 *
 * <p>A command is given a {@link io.heliograph.cli.Console}, which is the process's streams or a test's, and a
 * {@link io.heliograph.cli.Stop}, which SIGINT and SIGTERM pull. It returns an exit code, and whatever it throws
 * becomes one line and an exit code in {@link io.heliograph.cli.Program}.
 */
package io.heliograph.cli;
