/**
 * What published systems claim, tried in miniature at equal compute: arms that differ in one thing,
 * trained, sampled, and measured alike.
 */
package dev.sluice.trainer.lineage;
