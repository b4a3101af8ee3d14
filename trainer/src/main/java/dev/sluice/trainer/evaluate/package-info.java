/** Runs captions through a model and says, in numbers and in pictures, what came out. */
package dev.sluice.trainer.evaluate;
