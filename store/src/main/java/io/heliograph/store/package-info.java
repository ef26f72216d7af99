/**
 * One SQL store for every room that keeps something: SQLite in the process, or PostgreSQL.
 *
 * <pre>
 * Schema jobs = Schema.of("jobs", Jobs.class, "001-jobs.sql");
 * var address = StoreAddress.parse("/var/lib/shop");
 * try (SqlStore store = SqlStore.open(address, List.of(jobs), StoreLimits.DEFAULT, Environment.system())) {
 *     store.write(sql -&gt; sql.update("INSERT INTO jobs_job (due_ms, payload) VALUES (?, ?)", due, payload)).join();  // on disk
 *     List&lt;Long&gt; ready = store.read(sql -&gt; sql.rows("SELECT id FROM jobs_job WHERE due_ms &lt;= ? LIMIT 100",
 *             row -&gt; row.getLong(1), now));
 * }
 * </pre>
 *
 * <p>An {@link io.heliograph.store.SqlStore} has one thread that writes; it gathers {@link io.heliograph.store.Write}s into
 * transactions and completes their futures after the commit. {@link io.heliograph.store.Read}s have connections of their own. A
 * room brings a {@link io.heliograph.store.Schema} and writes its SQL once for both databases;
 * {@link io.heliograph.store.Dialect} has what differs. {@link io.heliograph.store.Statements} runs it, in the store or inside a
 * caller's own transaction, whose rows the store notices by a {@link io.heliograph.store.Watch}.
 *
 * <p>Errors are {@link io.heliograph.store.StoreException}s: busy and full ones go by, a closed one does not.
 */
package io.heliograph.store;
