/** The files that tokenizers are read from. */
package dev.sluice.catalog.tokenizer;
