/** Picture embeddings: sampled from a text by a prior, or taken from a picture. */
package dev.sluice.pipeline.embed;
