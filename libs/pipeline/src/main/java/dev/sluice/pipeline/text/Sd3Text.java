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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Stable Diffusion 3's text (Esser et al. 2024, figure 2): the last hidden states but one of two
 * CLIPs, side by side and filled up with zeros to T5's width, and T5's states after them as further
 * tokens; the CLIPs' projected embeddings side by side. Without T5 there are zeros in its place.
 */
public final class Sd3Text implements TextEncoder {

  private static final String PENULTIMATE = "hidden_states.-2";
  private static final int T5_TOKENS = 256;
  private static final String SEEN_BY_T5 = "CLIPs read; only its T5 sees";

  private final TextTower first;
  private final TextTower second;
  private final TextTower t5;
  private final int width;

  public Sd3Text(ModelFolder model, BatchLimit limit) {
    this.width = model.config("transformer").integer("joint_attention_dim", 4096);
    try (Closer closer = new Closer()) {
      this.first =
          closer.opened(TextTower.load(model, limit, "", false, PENULTIMATE, "text_embeds"));
      this.second =
          closer.opened(TextTower.load(model, limit, "_2", false, PENULTIMATE, "text_embeds"));
      boolean t5Too = model.has("text_encoder_3");
      this.t5 =
          t5Too
              ? closer.opened(TextTower.load(model, limit, "_3", false, "last_hidden_state"))
              : null;
      closer.handOver();
    }
  }

  @Override
  public Map<String, HostTensor> encode(Prompt prompt) {
    Encoded wanted = encode(prompt, prompt.maxTokens());
    Encoded unwanted = encode(prompt.unwanted(), prompt.maxTokens());
    return Map.of(
        TEXT_HIDDEN_STATES,
        wanted.states(),
        TEXT_EMBEDS,
        wanted.embeds(),
        NEGATIVE + TEXT_HIDDEN_STATES,
        unwanted.states(),
        NEGATIVE + TEXT_EMBEDS,
        unwanted.embeds());
  }

  private record Encoded(HostTensor states, HostTensor embeds) {}

  private Encoded encode(Prompt prompt, OptionalInt maxTokens) {
    Map<String, HostTensor.Floats> a = first.outputs(prompt.text(), first.length());
    Map<String, HostTensor.Floats> b = second.outputs(prompt.textOfSecond(), second.length());
    HostTensor.Floats clip = Tensors.sideBySide(List.of(a.get(PENULTIMATE), b.get(PENULTIMATE)));
    return new Encoded(
        Tensors.tokensInRow(
            Tensors.widened(clip, width), t5States(prompt.textOfThird(), maxTokens)),
        Tensors.sideBySide(List.of(a.get("text_embeds"), b.get("text_embeds"))));
  }

  private HostTensor.Floats t5States(String text, OptionalInt maxTokens) {
    if (t5 == null) {
      int tokens = first.length();
      return new HostTensor.Floats(new float[tokens * width], 1, tokens, width);
    }
    return t5.outputs(text, maxTokens.orElse(T5_TOKENS)).get("last_hidden_state");
  }

  @Override
  public List<String> leftOut(Prompt prompt) {
    return TextCut.sentences(
        prompt,
        text -> {
          Optional<TextCut> byClip =
              first.cut(text, first.length(), t5 == null ? TextCut.UNSEEN : SEEN_BY_T5);
          return t5 == null
              ? byClip
              : t5.cut(text, prompt.maxTokens().orElse(T5_TOKENS), TextCut.UNSEEN).or(() -> byClip);
        });
  }

  @Override
  public List<StepBatcher> batchers() {
    return Stream.of(first, second, t5).filter(Objects::nonNull).map(TextTower::batcher).toList();
  }

  @Override
  public void close() {
    first.close();
    second.close();
    if (t5 != null) {
      t5.close();
    }
  }
}
