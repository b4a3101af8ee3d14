package dev.sluice.planning.family;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.planning.request.GivenPicture;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.SizeLimits;
import java.util.List;
import java.util.Optional;

/** Turns a request into stages for one kind of model: one class of {@code model_index.json}. */
public interface PipelinePlanner {

  /** The pixels of the pictures that the model makes when the request names none. */
  ImageSize naturalSize(ModelFolder model);

  /** The stages that every picture passes, in order. */
  List<Stage> stages();

  /** Whether words say what the picture shows. */
  default boolean takesText() {
    return true;
  }

  /** Whether other pictures of what a given one shows can be made. */
  default boolean takesVariation(ModelFolder model) {
    return false;
  }

  /** Whether all that the model makes are such pictures. */
  default boolean isForVariations() {
    return false;
  }

  /** Whether a prior, this model's or another's, samples picture embeddings for texts. */
  default boolean samplesEmbeddings() {
    return false;
  }

  /** Whether an autoregressive prior can do that as well. */
  default boolean samplesByCodes(ModelFolder model) {
    return false;
  }

  /** Whether another model's prior makes the picture embeddings that this one starts from. */
  default boolean needsPrior() {
    return false;
  }

  /** Whether pictures can be inverted, for others to be made from the same noise. */
  default boolean inverts() {
    return false;
  }

  /** Whether a part of a picture that is given can be painted anew. */
  default boolean takesMask() {
    return false;
  }

  /** Whether CLIP can compare a picture under way with the prompt. */
  default boolean takesClipGuidance(ModelFolder model) {
    return false;
  }

  /** How many classes of pictures the model knows; 0 if it knows none. */
  default int classes(ModelFolder model) {
    return 0;
  }

  /** The pixels of pictures that the last stage can enlarge; empty if it enlarges none. */
  default Optional<ImageSize> enlarges(ModelFolder model) {
    return Optional.empty();
  }

  /** The sizes that can be asked for. */
  SizeLimits limits(ModelFolder model);

  /** The sizes of pictures that can be started from; empty where none is, pixel by pixel. */
  default Optional<SizeLimits> limitsOfPictures(ModelFolder model) {
    return Optional.empty();
  }

  /**
   * Checks a picture that is not started from but enlarged.
   *
   * @throws RequestException if it is too large for that
   */
  default void checkEnlarged(ModelFolder model, GivenPicture picture) {}

  /** The size of what is made from a picture that decides it without being started from. */
  default Optional<ImageSize> sizeFrom(ModelFolder model, GivenPicture picture) {
    return Optional.empty();
  }

  /** Whether the denoiser is told of the guidance scale and needs no second prompt. */
  default boolean isToldOfGuidance(ModelFolder model) {
    return false;
  }

  /** The number of enlargements, whose sampling a request may set one by one. */
  int upscalers(ModelFolder model);

  /**
   * The stages that each picture passes, in order, with what each shall do.
   *
   * @param request checked for everything that does not depend on the model
   * @throws RequestException when the model cannot do what is asked
   */
  List<RouteStep> route(ModelFolder model, GenerationRequest request);
}
