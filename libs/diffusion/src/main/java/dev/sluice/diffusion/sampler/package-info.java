/** What all samplers share. */
package dev.sluice.diffusion.sampler;
