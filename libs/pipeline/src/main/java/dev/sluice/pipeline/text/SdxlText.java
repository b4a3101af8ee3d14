package dev.sluice.pipeline.text;

import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;
import static dev.sluice.pipeline.request.TensorNames.TEXT_EMBEDS;
import static dev.sluice.pipeline.request.TensorNames.TEXT_HIDDEN_STATES;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.model.Closer;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * SDXL's text (Podell et al. 2023, section 2.1): the last hidden states but one of two CLIPs, side
 * by side, and the projected embedding of the second. The refiner has the second CLIP only.
 */
public final class SdxlText implements TextEncoder {

  private static final String PENULTIMATE = "hidden_states.-2";

  private final TextTower first;
  private final TextTower second;
  private final boolean zerosWithoutNegative;

  public SdxlText(ModelFolder model, BatchLimit limit) {
    try (Closer closer = new Closer()) {
      boolean both = model.has("text_encoder");
      this.first =
          both ? closer.opened(TextTower.load(model, limit, "", false, PENULTIMATE)) : null;
      this.second =
          closer.opened(TextTower.load(model, limit, "_2", false, PENULTIMATE, "text_embeds"));
      closer.handOver();
    }
    this.zerosWithoutNegative = model.setting("force_zeros_for_empty_prompt", true);
  }

  @Override
  public Map<String, HostTensor> encode(Prompt prompt) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.putAll(encode(prompt, ""));
    Map<String, HostTensor> unwanted = encode(prompt.unwanted(), NEGATIVE);
    if (prompt.negative().isEmpty() && zerosWithoutNegative) {
      unwanted.forEach((name, tensor) -> tensors.put(name, Tensors.zeros(tensor.shape())));
    } else {
      tensors.putAll(unwanted);
    }
    return tensors;
  }

  private Map<String, HostTensor> encode(Prompt prompt, String prefix) {
    List<HostTensor.Floats> states = new ArrayList<>();
    if (first != null) {
      states.add(first.outputs(prompt.text(), first.length()).get(PENULTIMATE));
    }
    Map<String, HostTensor.Floats> outputs = second.outputs(prompt.textOfSecond(), second.length());
    states.add(outputs.get(PENULTIMATE));
    return Map.of(
        prefix + TEXT_HIDDEN_STATES,
        Tensors.sideBySide(states),
        prefix + TEXT_EMBEDS,
        outputs.get("text_embeds"));
  }

  @Override
  public List<String> leftOut(Prompt prompt) {
    return TextCut.sentences(prompt, text -> second.cut(text, second.length(), TextCut.UNSEEN));
  }

  @Override
  public List<StepBatcher> batchers() {
    return Stream.of(first, second).filter(Objects::nonNull).map(TextTower::batcher).toList();
  }

  @Override
  public void close() {
    if (first != null) {
      first.close();
    }
    second.close();
  }
}
