/**
 * What a trained system is ({@link dev.sluice.trainer.system.TrainedSystem}), its phases, and how
 * they are run, one after the other, to a model folder.
 */
package dev.sluice.trainer.system;
