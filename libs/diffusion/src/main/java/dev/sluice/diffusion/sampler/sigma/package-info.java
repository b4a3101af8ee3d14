/** Samplers that follow the probability flow in sigma: Euler, Heun, DPM2, LMS, EDM. */
package dev.sluice.diffusion.sampler.sigma;
