/**
 * What systems of pixels have alike, whatever their pictures: the objective of a UNet, its files.
 */
package dev.sluice.trainer.pixels;
