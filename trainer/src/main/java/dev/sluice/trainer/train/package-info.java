/**
 * Training on TensorFlow. An {@link dev.sluice.trainer.train.Objective} puts networks, inputs and
 * losses into a {@link dev.sluice.trainer.train.TrainingGraph} and names its {@link
 * dev.sluice.trainer.train.Player}s; {@link dev.sluice.trainer.train.TrainingLoop} steps, reports,
 * saves, resumes and exports.
 */
package dev.sluice.trainer.train;
