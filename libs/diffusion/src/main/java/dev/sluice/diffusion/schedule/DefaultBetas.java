package dev.sluice.diffusion.schedule;

/** Which kind of betas, from which to which. */
public record DefaultBetas(BetaSchedule kind, double start, double end) {}
