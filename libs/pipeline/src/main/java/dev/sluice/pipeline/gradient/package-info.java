/** Guidance by the gradient of a second network: a classifier's or CLIP's. */
package dev.sluice.pipeline.gradient;
