/**
 * Autoencoders between pixels and latents: the Gaussian one of latent diffusion ({@link
 * dev.sluice.networks.autoencoder.AutoencoderKl}) and the vector-quantised one ({@link
 * dev.sluice.networks.autoencoder.VqModel}, with MoVQ's spatially conditioned decoder).
 */
package dev.sluice.networks.autoencoder;
