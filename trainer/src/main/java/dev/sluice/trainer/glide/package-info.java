/** GLIDE: a text transformer and a network of pixels that learn together. */
package dev.sluice.trainer.glide;
