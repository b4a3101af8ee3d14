/**
 * Checks against recordings ("packs") that diffusers, transformers and PyTorch made: components and
 * tokenizers ({@link dev.sluice.parity.network}), samplers, random numbers, single operations and
 * whole pipelines. {@link dev.sluice.parity.Parity} finds packs, runs them and prints a table; all
 * that a pack needs is read from its own files.
 */
package dev.sluice.parity;
