/**
 * A {@link dev.sluice.networks.graph.Network} runs an {@link
 * dev.sluice.networks.layer.Architecture}: one graph for each shape of input, all over the same
 * weights.
 */
package dev.sluice.networks.graph;
