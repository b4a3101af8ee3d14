package dev.sluice.client;

/**
 * How far a picture is.
 *
 * @param index of the picture within its request
 * @param stage the stage that works on it, such as {@code denoiser}
 * @param step steps done there
 * @param total steps there are
 */
public record Progress(int index, String stage, int step, int total) {}
