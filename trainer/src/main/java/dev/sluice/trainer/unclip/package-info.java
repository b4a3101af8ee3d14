/**
 * The small unCLIP (Ramesh et al. 2022) of the shapes world: its configs, and the objectives by
 * which its networks are trained, one after the other: CLIP, prior, decoder, two super-resolution
 * networks.
 */
package dev.sluice.trainer.unclip;
