/** Systems that diffuse in the latents of an autoencoder. */
package dev.sluice.trainer.latent;
