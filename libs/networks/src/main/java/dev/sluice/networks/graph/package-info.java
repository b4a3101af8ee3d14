/**
 * The ground that the network families stand on: a {@link dev.sluice.networks.graph.Scope} names a
 * place in a network by its checkpoint path, {@link dev.sluice.networks.graph.Parameter} is a named
 * weight, {@link dev.sluice.networks.graph.Layers} the shared layers, and a {@link
 * dev.sluice.networks.graph.Network} runs an {@link dev.sluice.networks.graph.Architecture}.
 *
 * <p>Conventions: feature maps are {@code [batch, height, width, channels]} inside a graph and
 * {@code [batch, channels, height, width]} at its edges; token sequences are {@code [batch, tokens,
 * channels]} everywhere. All dimensions but the batch are known when a graph is built.
 */
package dev.sluice.networks.graph;
