/** Makes and measures the small models that ship: worlds, objectives, training, evaluation. */
package dev.sluice.trainer;
