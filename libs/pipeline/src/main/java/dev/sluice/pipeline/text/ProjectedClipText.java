package dev.sluice.pipeline.text;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tokenizer.TokenIds;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.request.TextEmbedding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A text encoder with its tokenizer: CLIP's, with projection. Texts are padded or cut to the length
 * that the model was trained with; a cut one keeps its end-of-text token, where diffusers' {@code
 * UnCLIPPipeline} loses it.
 */
public final class ProjectedClipText implements TextEncoder {

  private final TextTower tower;
  private final int length;

  private ProjectedClipText(ModelFolder model, BatchLimit limit) {
    int positions = model.config("text_encoder").integer("max_position_embeddings", 77);
    this.tower = TextTower.load(model, limit, "", false, "text_embeds", "last_hidden_state");
    this.length = Math.min(tower.length(), positions);
  }

  /** Loads the text encoder and the tokenizer of a model. */
  public static ProjectedClipText load(ModelFolder model, BatchLimit limit) {
    return model.load(folder -> new ProjectedClipText(folder, limit));
  }

  /** What the network is given for a text. */
  public TokenIds tokens(String text) {
    return tower.tokens(text, length);
  }

  @Override
  public Map<String, HostTensor> encode(Prompt prompt) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>(encode(prompt.text()).tensors(""));
    tensors.putAll(encode(prompt.unwanted().text()).tensors(TensorNames.NEGATIVE));
    return tensors;
  }

  /**
   * Encodes a text.
   *
   * @param text may be empty: that is the text of unconditional generation
   */
  public TextEmbedding encode(String text) {
    Map<String, HostTensor.Floats> outputs = tower.outputs(text, length);
    // The mask is for the stages to come; unCLIP's text encoder itself attends to the padding.
    return new TextEmbedding(
        outputs.get("text_embeds"), outputs.get("last_hidden_state"), tokens(text).mask());
  }

  @Override
  public List<String> leftOut(Prompt prompt) {
    return TextCut.sentences(prompt, text -> tower.cut(text, length, TextCut.UNSEEN));
  }

  @Override
  public List<StepBatcher> batchers() {
    return List.of(tower.batcher());
  }

  @Override
  public void close() {
    tower.close();
  }
}
