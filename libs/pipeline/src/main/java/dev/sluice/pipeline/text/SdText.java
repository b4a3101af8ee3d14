package dev.sluice.pipeline.text;

import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;
import static dev.sluice.pipeline.request.TensorNames.TEXT_HIDDEN_STATES;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.request.Prompt;
import java.util.List;
import java.util.Map;

/**
 * Stable Diffusion's text: CLIP's last hidden states (Rombach et al. 2022, section 3.3), of 77
 * tokens with the padding among them.
 */
public final class SdText implements TextEncoder {

  private final TextTower clip;

  public SdText(ModelFolder model, BatchLimit limit) {
    boolean masked = model.config("text_encoder").bool("use_attention_mask", false);
    this.clip = TextTower.load(model, limit, "", masked, "last_hidden_state");
  }

  @Override
  public Map<String, HostTensor> encode(Prompt prompt) {
    return Map.of(
        TEXT_HIDDEN_STATES,
        states(prompt.text()),
        NEGATIVE + TEXT_HIDDEN_STATES,
        states(prompt.unwanted().text()));
  }

  private HostTensor states(String text) {
    return clip.outputs(text, clip.length()).get("last_hidden_state");
  }

  @Override
  public List<String> leftOut(Prompt prompt) {
    return TextCut.sentences(prompt, text -> clip.cut(text, clip.length(), TextCut.UNSEEN));
  }

  @Override
  public List<StepBatcher> batchers() {
    return List.of(clip.batcher());
  }

  @Override
  public void close() {
    clip.close();
  }
}
