package dev.sluice.pipeline;

import static dev.sluice.pipeline.TensorNames.NEGATIVE;
import static dev.sluice.pipeline.TensorNames.TEXT_HIDDEN_STATES;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.graph.HostTensor;
import java.util.List;
import java.util.Map;

/**
 * Stable Diffusion's text: CLIP's last hidden states (Rombach et al. 2022, section 3.3), of 77
 * tokens with the padding among them.
 */
final class ClipStates implements TextEncoder {

  private final TextTower clip;

  ClipStates(ModelFolder model) {
    boolean masked = model.config("text_encoder").bool("use_attention_mask", false);
    this.clip = TextTower.load(model, "", masked);
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
  public void close() {
    clip.close();
  }
}
