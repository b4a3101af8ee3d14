/**
 * What a network's answer means: noise, sample, velocity or flow, with or without a variance,
 * guided or not.
 */
package dev.sluice.diffusion.prediction;
