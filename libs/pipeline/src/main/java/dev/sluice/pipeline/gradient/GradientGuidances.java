package dev.sluice.pipeline.gradient;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.model.SampleSpace;
import dev.sluice.pipeline.request.GuidanceOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * The networks beside a model's denoiser that can steer it. Most requests want none of them, so
 * each is loaded when it is first wanted. Safe for use by several threads at once.
 */
public final class GradientGuidances implements AutoCloseable {

  private final ModelFolder model;
  private final SampleSpace space;
  private final BatchLimit limit;
  private ClassifierGuidance classifier;
  private ClipGuidance clip;

  public GradientGuidances(ModelFolder model, SampleSpace space, BatchLimit limit) {
    this.model = model;
    this.space = space;
    this.limit = limit;
  }

  /**
   * Those that a request wants; none if the denoiser is to go its own way.
   *
   * @throws IllegalArgumentException if it wants one that is not there
   */
  public synchronized List<GradientGuidance> wanted(GuidanceOptions options) {
    List<GradientGuidance> wanted = new ArrayList<>();
    if (options.classifierScale() > 0) {
      require(
          model.has(ClassifierGuidance.COMPONENT),
          "classifier_scale",
          options.classifierScale(),
          "classifier");
      classifier = classifier == null ? new ClassifierGuidance(model, limit) : classifier;
      wanted.add(classifier);
    }
    if (options.clipScale() > 0) {
      require(hasClip(), "clip_scale", options.clipScale(), "image_encoder for its pictures");
      clip = clip == null ? new ClipGuidance(model, limit) : clip;
      wanted.add(clip);
    }
    return wanted;
  }

  /** CLIP sees pictures, not latents, and compares them with a caption's projected embedding. */
  private boolean hasClip() {
    return model.has(ClipGuidance.COMPONENT)
        && space.downscale() == 1
        && model.pipeline().text() == PipelineClass.Text.CLIP_PROJECTED;
  }

  private void require(boolean there, String field, double scale, String component) {
    if (!there) {
      throw new IllegalArgumentException(
          "%s is %s, but model %s has no %s; leave it out"
              .formatted(field, scale, model.name(), component));
    }
  }

  @Override
  public synchronized void close() {
    for (GradientGuidance guide : new GradientGuidance[] {classifier, clip}) {
      if (guide != null) {
        guide.close();
      }
    }
  }
}
