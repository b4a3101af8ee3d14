package dev.sluice.pipeline.text;

import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;
import static dev.sluice.pipeline.request.TensorNames.TEXT_HIDDEN_STATES;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.request.Prompt;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Imagen's text (Saharia et al. 2022, section 2.1) as DeepFloyd IF has it: T5's states of 77 tokens
 * of the text in lower case, padding hidden from T5.
 */
public final class T5Text implements TextEncoder {

  private static final int TOKENS = 77;

  private final TextTower t5;

  public T5Text(ModelFolder model, BatchLimit limit) {
    this.t5 = TextTower.load(model, limit, "", true, "last_hidden_state");
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
    return t5.outputs(cleaned(text), TOKENS).get("last_hidden_state");
  }

  private static String cleaned(String text) {
    return text.toLowerCase(Locale.ROOT).strip();
  }

  @Override
  public List<String> leftOut(Prompt prompt) {
    return TextCut.sentences(prompt, text -> t5.cut(cleaned(text), TOKENS, TextCut.UNSEEN));
  }

  @Override
  public List<StepBatcher> batchers() {
    return List.of(t5.batcher());
  }

  @Override
  public void close() {
    t5.close();
  }
}
