package dev.sluice.pipeline.text;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.TensorNames;
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

  @Override
  default void warmUp() {
    encode(Prompt.of(""));
  }
}
