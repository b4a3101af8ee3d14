/** Arrays between networks: stacked, scaled, cut, and turned into picture files. */
package dev.sluice.pipeline.tensor;
