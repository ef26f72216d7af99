/**
 * Tests that a transport must pass: a recorder at both ends compares which events left with which
 * arrived, and trusts no counter of the code under test.
 */
package io.heliograph.testkit;
