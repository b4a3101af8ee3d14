/**
 * The numbers of a training: a YAML file that ships in {@code trainer/recipes}, with what a user
 * changes of it.
 */
package dev.sluice.trainer.recipe;
