/** The text encoder as a service: a prompt becomes embeddings. */
package dev.sluice.textencoder;
