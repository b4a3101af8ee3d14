/**
 * Convolutional denoisers: {@link dev.sluice.networks.unet.UNet2DModel}, which sees the noisy
 * picture and the timestep (and perhaps a class), and {@link
 * dev.sluice.networks.unet.UNet2DConditionModel}, which also attends to text or image embeddings.
 */
package dev.sluice.networks.unet;
