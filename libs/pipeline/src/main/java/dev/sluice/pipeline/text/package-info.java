/** From a prompt to what networks are conditioned on, for each family of models. */
package dev.sluice.pipeline.text;
