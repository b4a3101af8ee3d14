/**
 * Emoji: pictures and names that others drew and wrote, latent diffusion of them, and a classifier
 * of another vendor's drawings to measure by.
 */
package dev.sluice.trainer.emoji;
