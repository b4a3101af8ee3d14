/** Exponential multistep and singlestep solvers: DPM-Solver, DEIS, UniPC, SA-Solver. */
package dev.sluice.diffusion.sampler.solver;
