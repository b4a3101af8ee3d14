/** Noise levels by timestep, and the timesteps and levels that a number of steps visits. */
package dev.sluice.diffusion.schedule;
