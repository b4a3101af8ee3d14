/**
 * The blocks that convolutional denoisers are made of: residual blocks, attention over feature
 * maps, the spatial transformer. Feature maps are {@code [batch, height, width, channels]}, token
 * rows {@code [batch, tokens, width]}.
 */
package dev.sluice.networks.block;
