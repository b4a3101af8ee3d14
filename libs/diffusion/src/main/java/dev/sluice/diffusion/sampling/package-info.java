/**
 * A sampling in general: a sampler plans, a plan is immutable, a run goes through its steps and can
 * be left and resumed.
 */
package dev.sluice.diffusion.sampling;
