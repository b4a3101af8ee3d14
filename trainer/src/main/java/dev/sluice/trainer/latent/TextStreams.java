package dev.sluice.trainer.latent;

import dev.sluice.trainer.recipe.Recipe;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * How the tokens of picture and text meet in a transformer that Esser et al. (2024, section 5.2,
 * figure 4) compare theirs with, and in theirs.
 */
enum TextStreams {
  /** Each has weights of its own, and they attend to each other: MM-DiT (section 4, figure 2). */
  SEPARATE,

  /** The same weights work on both: the paper's DiT. */
  SHARED,

  /** The picture attends to the text, which stays as it is: the paper's CrossDiT. */
  CROSS;

  static TextStreams of(Recipe recipe) {
    return recipe.choice("phases." + ShapesSd3.TEXT_TO_FLOW + ".streams", TextStreams.class);
  }

  /** What a config says of it: words that diffusers does not have, where its own is not meant. */
  Map<String, Object> config() {
    return this == CROSS ? Map.of("text_attention", "cross") : Map.of();
  }

  /** In a shared network, the picture's weight that a weight of the text is. */
  UnaryOperator<String> sharing(int layers) {
    // What the last block norms the text by has no gates, and is its own.
    String last = "transformer_blocks.%d.norm1_context".formatted(layers - 1);
    return name -> this != SHARED || name.startsWith(last) ? name : ofPicture(name);
  }

  private static String ofPicture(String name) {
    return name.replace("norm1_context.", "norm1.")
        .replace("ff_context.", "ff.")
        .replaceFirst("attn\\.add_([qkv])_proj\\.", "attn.to_$1.")
        .replaceFirst("attn\\.norm_added_([qk])\\.", "attn.norm_$1.")
        .replace("attn.to_add_out.", "attn.to_out.0.");
  }
}
