/**
 * How near samples are to real pictures, in the features of a classifier that is no part of what
 * made them.
 */
package dev.sluice.trainer.measure;
