package dev.sluice.client;

import java.util.List;
import java.util.Map;

/**
 * A model that a gateway serves.
 *
 * @param name to ask for it
 * @param pipeline the class in its {@code model_index.json}
 * @param width of its pictures unless asked otherwise, in pixels
 * @param height the same
 * @param abilities what can be asked of it, such as {@code picture_start}
 * @param stages how it is at the stages of which a worker is known, by their names: {@code loaded},
 *     {@code loading}, ...
 */
public record ServedModel(
    String name,
    String pipeline,
    int width,
    int height,
    List<String> abilities,
    Map<String, String> stages) {}
