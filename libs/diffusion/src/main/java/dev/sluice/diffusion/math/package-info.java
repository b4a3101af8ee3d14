/**
 * Arithmetic on arrays of floats, as PyTorch and NumPy do it, to the last digit where it matters.
 */
package dev.sluice.diffusion.math;
