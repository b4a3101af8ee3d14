/**
 * Comparison of the networks here with recordings of the reference implementations: packs that hold
 * a component's config and weights, inputs, and what the reference gave for them.
 */
package dev.sluice.parity.network;
