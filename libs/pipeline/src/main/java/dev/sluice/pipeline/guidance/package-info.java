/**
 * How one step asks the network about a sample: conditions, and what their answers are combined to.
 */
package dev.sluice.pipeline.guidance;
