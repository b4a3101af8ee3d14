package dev.sluice.catalog.lora;

import java.nio.file.Path;

/**
 * A low-rank adaptation that is added to a model.
 *
 * @param use by which requests ask for it
 * @param file that holds it
 */
public record Adaptation(AdaptedName.Use use, Path file) {}
