package dev.sluice.catalog.lora;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The name of a tensor in a file of low-rank adaptations, of which there are several spellings: of
 * PEFT, of diffusers before it used PEFT, and of kohya's trainer.
 *
 * @param layer the layer's name, as far as that spelling has it
 * @param part which tensor of the layer it is
 */
record LoraKey(String layer, Part part) {

  enum Part {
    DOWN,
    UP,
    ALPHA
  }

  private static final List<Pattern> SPELLINGS =
      Stream.of(
              "(?:base_model\\.model\\.)?(?<layer>.+)\\.lora_(?<part>A|B)(?:\\.[^.]+)?\\.weight",
              "(?<layer>.+\\.processor\\.to_(?:q|k|v|out))_lora\\.(?<part>down|up)\\.weight",
              "(?<layer>.+)\\.lora\\.(?<part>down|up)\\.weight",
              "(?<layer>.+)\\.lora_linear_layer\\.(?<part>down|up)\\.weight",
              "(?<layer>.+)\\.lora_(?<part>down|up)\\.weight",
              "(?<layer>.+)\\.(?<part>alpha)")
          .map(Pattern::compile)
          .toList();

  private static final String PROCESSOR = ".processor.";

  /** Understands a tensor's name; empty if it is no part of a low-rank product. */
  static Optional<LoraKey> of(String name) {
    for (Pattern spelling : SPELLINGS) {
      Matcher matcher = spelling.matcher(name);
      if (matcher.matches()) {
        return Optional.of(new LoraKey(layer(matcher.group("layer")), part(matcher.group("part"))));
      }
    }
    return Optional.empty();
  }

  /** Attention's layers were parts of a processor once, and its last one had no number. */
  private static String layer(String spelled) {
    return spelled.contains(PROCESSOR)
        ? spelled.replace(PROCESSOR, ".").replaceAll("\\.to_out$", ".to_out.0")
        : spelled;
  }

  private static Part part(String spelled) {
    return switch (spelled) {
      case "A", "down" -> Part.DOWN;
      case "B", "up" -> Part.UP;
      default -> Part.ALPHA;
    };
  }
}
