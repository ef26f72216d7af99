/**
 * Proves that the contracts can fail: core's classes are changed while they are loaded, one call at a time, and the
 * contracts must notice.
 *
 * <pre>
 *  Mutations --- one Mutation ---> MutantLoader ---> core's classes, in one of which one call
 *                                       |            goes to Redirect, and from there to the Fault
 *                                       v
 *                                  the contracts' classes ---> JUnit's launcher ---> must fail
 * </pre>
 */
package io.heliograph.testkit.mutation;
