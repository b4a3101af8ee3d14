/**
 * The ground that the network families stand on: a {@link dev.sluice.networks.layer.Scope} names a
 * place in a network by its checkpoint path, {@link dev.sluice.networks.layer.Parameter} is a named
 * weight, {@link dev.sluice.networks.layer.Layers} the shared layers.
 *
 * <p>Conventions: feature maps are {@code [batch, height, width, channels]} inside a graph and
 * {@code [batch, channels, height, width]} at its edges; token sequences are {@code [batch, tokens,
 * channels]} everywhere. All dimensions but the batch are known when a graph is built.
 */
package dev.sluice.networks.layer;
