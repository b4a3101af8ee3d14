/**
 * Sharing one network among many jobs, call by call: fairly, within memory, and each failing for
 * itself. Knows nothing of diffusion.
 */
package dev.sluice.pipeline.batch;
