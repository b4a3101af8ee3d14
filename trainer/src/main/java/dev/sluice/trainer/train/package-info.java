/**
 * Training on TensorFlow: a {@link dev.sluice.trainer.train.TrainingGraph} holds networks and a
 * loss, an {@link dev.sluice.trainer.train.Objective} says what they are and feeds them, and {@link
 * dev.sluice.trainer.train.TrainingLoop} runs, reports, saves and resumes.
 */
package dev.sluice.trainer.train;
