package dev.sluice.parity.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.networks.tokenizer.TokenIds;
import dev.sluice.networks.tokenizer.Tokenizer;
import dev.sluice.networks.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * A recorded tokenizer: a tokenizer's folder with {@code about.json}, whose {@code cases} give
 * texts and their {@code ids}, also {@code padded<n>} and {@code attention_mask<n>} for length n.
 */
public final class TokenizerPack {

  private static final Pattern OF_LENGTH = Pattern.compile("(padded|attention_mask)(\\d+)");

  private final Path folder;
  private final JsonNode cases;

  private TokenizerPack(Path folder, JsonNode cases) {
    this.folder = folder;
    this.cases = cases;
  }

  /**
   * Reads a pack's description.
   *
   * @throws IllegalArgumentException when it is not a tokenizer pack
   */
  public static TokenizerPack read(Path folder) {
    JsonNode cases = About.read(folder).path("cases");
    if (cases.isEmpty()) {
      throw new IllegalArgumentException(
          folder.resolve(About.FILE) + ": \"cases\" lists no recorded text");
    }
    return new TokenizerPack(folder, cases);
  }

  /** Encodes every text and compares; ids are equal or wrong, so the tolerance is 0. */
  public PackResult run() {
    Tally tally = new Tally();
    try (Tokenizer tokenizer = Tokenizers.open(folder)) {
      int index = 0;
      for (JsonNode recorded : cases) {
        compare(tokenizer, recorded, index++, tally);
      }
    }
    String name = folder.toAbsolutePath().normalize().getFileName().toString();
    return tally.result(name);
  }

  private static void compare(Tokenizer tokenizer, JsonNode recorded, int index, Tally tally) {
    if (!recorded.path("text").isTextual()) {
      throw new IllegalArgumentException(About.FILE + ": case " + index + " has no \"text\"");
    }
    String text = recorded.get("text").textValue();
    for (Map.Entry<String, JsonNode> field : recorded.properties()) {
      Matcher ofLength = OF_LENGTH.matcher(field.getKey());
      String what = field.getKey() + " of case " + index;
      if (field.getKey().equals("ids")) {
        tally.add("ids", compare(what, text, tokenizer.encode(text), field.getValue()));
      } else if (ofLength.matches()) {
        TokenIds ids = tokenizer.encode(text, Integer.parseInt(ofLength.group(2)));
        long[] actual = ofLength.group(1).equals("padded") ? ids.ids() : ids.attentionMask();
        tally.add(field.getKey(), compare(what, text, actual, field.getValue()));
      }
    }
  }

  private static Comparison compare(String name, String text, long[] actual, JsonNode expected) {
    long[] ids =
        StreamSupport.stream(expected.spliterator(), false).mapToLong(JsonNode::asLong).toArray();
    int difference = Arrays.mismatch(actual, ids);
    if (difference < 0) {
      return new Comparison(name, 0, 0, "");
    }
    String remark =
        "\"%s\": at %d, found %s, the reference has %s"
            .formatted(text, difference, from(actual, difference), from(ids, difference));
    return new Comparison(name, Double.POSITIVE_INFINITY, 0, remark);
  }

  private static String from(long[] ids, int start) {
    return start >= ids.length
        ? "the end"
        : Arrays.toString(Arrays.copyOfRange(ids, start, Math.min(ids.length, start + 4)));
  }
}
