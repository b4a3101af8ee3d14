/** Where large tensors and what is kept lie: a store of blobs, and the kinds of them. */
package dev.sluice.stage.blob;
