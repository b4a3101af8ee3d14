/**
 * The mathematics of diffusion sampling on plain arrays: noise schedules, samplers, guidance,
 * random numbers and image resampling. No dependencies.
 *
 * <p>The numbers agree with diffusers v0.31 to about the last digit of a float. That is why
 * schedules are computed in double only where diffusers does so, and rounded to float where it
 * rounds: the posterior variance, for one, subtracts nearly equal numbers, and a schedule of higher
 * precision would give other pictures.
 *
 * <pre>{@code
 * Sampler sampler = Samplers.fromConfig(schedulerConfigJson);
 * SamplingPlan plan = sampler.plan(30);
 * TorchGenerator generator = new TorchGenerator(seed);
 * float[] sample = plan.initialSample(generator, 1, 4, 64, 64);
 * SamplingRun run = plan.start(1, 4, 64, 64);
 * while (!run.finished()) {
 *   float[] output = network.predict(run.scaleInput(sample), run.timestep());
 *   sample = run.step(output, sample, generator).sample();
 * }
 * }</pre>
 */
package dev.sluice.diffusion;
