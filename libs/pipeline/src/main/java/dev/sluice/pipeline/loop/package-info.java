/**
 * Samples on their way through the steps of a sampler, which can be left between two and gone on
 * with elsewhere.
 */
package dev.sluice.pipeline.loop;
