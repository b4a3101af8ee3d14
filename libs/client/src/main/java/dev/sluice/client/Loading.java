package dev.sluice.client;

/**
 * How far the model is loaded that a picture waits for.
 *
 * @param index of the picture within its request
 * @param stage the stage that loads it, such as {@code denoiser}
 * @param model the model's name
 * @param bytes of the component that is loaded now
 * @param total bytes that it has; 0 if that is not known
 */
public record Loading(int index, String stage, String model, long bytes, long total) {}
