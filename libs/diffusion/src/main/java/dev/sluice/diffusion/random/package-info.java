/** Random numbers that are PyTorch's for the same seed. */
package dev.sluice.diffusion.random;
