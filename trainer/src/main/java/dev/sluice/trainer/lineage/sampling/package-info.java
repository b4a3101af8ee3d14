/** Pictures by the engines that serve models, and what can be watched on the way to them. */
package dev.sluice.trainer.lineage.sampling;
