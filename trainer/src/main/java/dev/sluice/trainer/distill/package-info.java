/**
 * Score distillation (Poole et al. 2022): pictures and scenes that a frozen denoiser takes for what
 * a text says, found by descent and not by sampling.
 */
package dev.sluice.trainer.distill;
