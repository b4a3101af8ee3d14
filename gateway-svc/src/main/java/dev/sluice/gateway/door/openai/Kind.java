package dev.sluice.gateway.door.openai;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.planning.picture.PictureException;
import dev.sluice.planning.picture.PictureFile;
import dev.sluice.planning.request.RequestException;
import java.util.List;

/** What is asked for: OpenAI has a path for each. */
enum Kind {
  GENERATION("image_generation"),
  EDIT("image_edit"),
  VARIATION("image_variation");

  private final String event;

  Kind(String event) {
    this.event = event;
  }

  /** The name of an event in a stream, such as {@code image_edit.completed}. */
  String event(String what) {
    return event + "." + what;
  }

  /**
   * Makes a request what its path says.
   *
   * @param warnings told what its asker should know
   * @throws RequestException if a picture is missing
   */
  void apply(GenerationRequest.Builder request, List<String> warnings) {
    if (this == GENERATION) {
      return;
    }
    if (request.getImage().isEmpty()) {
      throw RequestException.invalid("image", "There is no image; send one, PNG, JPEG or WebP.");
    }
    if (this == VARIATION) {
      request.setVariation(true);
    } else if (request.getMask().isEmpty() && hasHoles(request.getImage().toByteArray())) {
      request.setMask(request.getImage());
      warnings.add(
          "The image's own transparent places are painted, as there is no mask beside it.");
    }
  }

  /** A file that cannot be read has none; whoever reads it next says why. */
  private static boolean hasHoles(byte[] file) {
    try {
      return !PictureFile.read(file).pixels().isOpaque();
    } catch (PictureException e) {
      return false;
    }
  }
}
