/**
 * The systems of pixels on Fashion-MNIST (Xiao et al. 2017): grey pictures of ten kinds of clothes,
 * which none of us drew.
 */
package dev.sluice.trainer.fashion;
