/** Samplers of rectified flow. */
package dev.sluice.diffusion.sampler.flow;
