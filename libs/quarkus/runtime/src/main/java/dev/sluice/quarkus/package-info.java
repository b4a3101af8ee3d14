/**
 * A Quarkus extension without a part at run time: what it does, it does in development and in tests
 * ({@code dev.sluice.quarkus.deployment}).
 */
package dev.sluice.quarkus;
