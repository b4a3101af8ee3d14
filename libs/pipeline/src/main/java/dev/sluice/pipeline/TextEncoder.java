package dev.sluice.pipeline;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.graph.HostTensor;
import java.util.List;
import java.util.Map;

/** The stage that turns words into what the stages after it are conditioned on. */
public interface TextEncoder extends StageEngine {

  /**
   * Encodes a prompt.
   *
   * @return tensors of one row by {@link TensorNames}, those of the negative prompt among them
   * @throws IllegalArgumentException if the model cannot take such a prompt
   */
  Map<String, HostTensor> encode(Prompt prompt);

  /** What of a prompt is not seen, because it is too long, in sentences for whoever wrote it. */
  List<String> leftOut(Prompt prompt);

  /**
   * Loads the text encoders of a model.
   *
   * @throws IllegalArgumentException if the model has none
   */
  static TextEncoder load(ModelFolder model) {
    return model.load(
        folder ->
            switch (folder.pipeline().text()) {
              case NONE ->
                  throw new IllegalArgumentException(
                      folder.pipeline().className() + " takes no text");
              case CLIP -> new ClipStates(folder);
              case CLIP_PROJECTED -> TextEncoding.load(folder);
              case SDXL -> new StableDiffusionXlText(folder);
              case SD3 -> new StableDiffusion3Text(folder);
              case T5 -> new DeepFloydText(folder);
            });
  }

  @Override
  default void warmUp() {
    encode(Prompt.of(""));
  }

  @Override
  default List<StepBatcher> batchers() {
    return List.of();
  }
}
