package dev.sluice.serving;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.catalog.loading.Precision;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.TaskHeader;

/**
 * Writes into a picture's recipe that a stage did not compute in float32: who replays it elsewhere
 * is to know why the pictures differ. The gateway cannot, as it does not know who will do the work.
 */
final class RecipePrecision {

  private RecipePrecision() {}

  /**
   * What a stage says when it starts.
   *
   * @param setting {@code float32}, {@code bfloat16} or {@code auto}
   * @param able whether the processor has instructions for bfloat16
   * @throws IllegalArgumentException for another setting
   */
  static String sentence(String setting, boolean able) {
    Precision precision = Precision.named(setting);
    String sentence = "Networks multiply in " + precision.label();
    if (able) {
      return sentence;
    }
    return switch (setting) {
      case "auto" -> sentence + ": this processor has no instructions for bfloat16";
      case "bfloat16" ->
          sentence
              + ", which is slower than float32 unless a GPU does it: this processor has no"
              + " instructions for it (AVX512_BF16, AMX_BF16)";
      default -> sentence;
    };
  }

  /** The header of a task that a stage is about to work on in {@code precision}. */
  static TaskHeader noted(TaskHeader header, Precision precision) {
    if (precision == Precision.FLOAT32 || header.getRecipe().isEmpty()) {
      return header;
    }
    try {
      Recipe.Builder recipe = Recipe.newBuilder();
      JsonFormat.parser().ignoringUnknownFields().merge(header.getRecipe(), recipe);
      recipe.setPrecision(precision.label());
      return header.toBuilder()
          .setRecipe(JsonFormat.printer().omittingInsignificantWhitespace().print(recipe))
          .build();
    } catch (InvalidProtocolBufferException e) {
      // A recipe of somebody else's making goes into the file as it is.
      return header;
    }
  }
}
