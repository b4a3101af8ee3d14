package dev.sluice.trainer.truth;

import dev.sluice.trainer.shapes.Background;
import java.util.List;
import java.util.Optional;

/**
 * What a picture shows.
 *
 * @param background the nearest background of the palette, or empty if none is near
 * @param objects everything that stands out from the background, the largest first; specks are
 *     ignored
 */
public record SceneReading(Optional<Background> background, List<SeenObject> objects) {
  public SceneReading {
    objects = List.copyOf(objects);
  }
}
