/**
 * A stage through hours and days, scaled by the rules that ship: time is computed, not waited for.
 */
package dev.sluice.bench.autoscale;
