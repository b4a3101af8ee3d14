/** Vocabularies of text encoders, learned from the words of a training's captions. */
package dev.sluice.trainer.vocabulary;
