/**
 * The stages of a generation as plain Java: a prompt becomes embeddings ({@link
 * dev.sluice.pipeline.TextEncoding}), an image embedding ({@link
 * dev.sluice.pipeline.DiffusionPriorEngine}), a small picture ({@link
 * dev.sluice.pipeline.DenoiserEngine}) and a large one ({@link
 * dev.sluice.pipeline.UpscalerEngine}). Services, evaluation and parity checks all run this code.
 *
 * <p>Three parts hold a stage together. A {@link dev.sluice.pipeline.DenoiseLoop} is one image on
 * its way through a sampler's steps. {@link dev.sluice.pipeline.Guidance} says which rows of
 * network input a step of it needs and combines the answers. A {@link
 * dev.sluice.pipeline.StepBatcher} owns a network and drives any number of loops at once; it sees
 * rows only, so every image in a batch can have a prompt, sampler, number of steps and guidance of
 * its own.
 *
 * <p>Random numbers of an image come from one generator, drawn in the order of the reference:
 * prior, decoder, super-resolution. A stage leaves the generator where the next one goes on.
 */
package dev.sluice.pipeline;
