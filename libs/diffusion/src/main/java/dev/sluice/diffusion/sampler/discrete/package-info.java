/** Samplers over alpha-bars of discrete timesteps: DDPM, DDIM and theirs. */
package dev.sluice.diffusion.sampler.discrete;
