package dev.sluice.networks.parity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.networks.tokenizer.TokenIds;
import dev.sluice.networks.tokenizer.Tokenizer;
import dev.sluice.networks.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * A recorded tokenizer: a tokenizer's folder with {@code about.json}, whose {@code cases} give
 * texts and their {@code ids}, also {@code padded<n>} and {@code attention_mask<n>} for length n.
 */
public final class TokenizerPack {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern OF_LENGTH = Pattern.compile("(padded|attention_mask)(\\d+)");

  private final Path folder;
  private final JsonNode cases;

  private TokenizerPack(Path folder, JsonNode cases) {
    this.folder = folder;
    this.cases = cases;
  }

  /** Whether {@code folder} is laid out as a tokenizer pack. */
  public static boolean isIn(Path folder) {
    boolean tokenizer =
        Files.isRegularFile(folder.resolve("vocab.json"))
            || Files.isRegularFile(folder.resolve("spiece.model"))
            || Files.isRegularFile(folder.resolve("tokenizer.json"));
    return tokenizer && Files.isRegularFile(folder.resolve("about.json"));
  }

  /**
   * Reads a pack's description.
   *
   * @throws IllegalArgumentException when it is not a tokenizer pack
   */
  public static TokenizerPack read(Path folder) {
    Path file = folder.resolve("about.json");
    try {
      JsonNode cases = JSON.readTree(file.toFile()).path("cases");
      if (cases.isEmpty()) {
        throw new IllegalArgumentException(file + ": \"cases\" lists no recorded text");
      }
      return new TokenizerPack(folder, cases);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + ": not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Encodes every text and compares; ids are equal or wrong, so the tolerance is 0. */
  public PackResult run() {
    List<Comparison> comparisons = new ArrayList<>();
    try (Tokenizer tokenizer = Tokenizers.open(folder)) {
      int index = 0;
      for (JsonNode recorded : cases) {
        compare(tokenizer, recorded, "case " + index++, comparisons);
      }
    }
    String name = folder.toAbsolutePath().normalize().getFileName().toString();
    return new PackResult(name, comparisons, null);
  }

  private static void compare(
      Tokenizer tokenizer, JsonNode recorded, String name, List<Comparison> comparisons) {
    String text = recorded.path("text").asText();
    for (Map.Entry<String, JsonNode> field : recorded.properties()) {
      Matcher ofLength = OF_LENGTH.matcher(field.getKey());
      String what = name + " " + field.getKey();
      if (field.getKey().equals("ids")) {
        comparisons.add(compare(what, text, tokenizer.encode(text), field.getValue()));
      } else if (ofLength.matches()) {
        TokenIds ids = tokenizer.encode(text, Integer.parseInt(ofLength.group(2)));
        long[] actual = ofLength.group(1).equals("padded") ? ids.ids() : ids.attentionMask();
        comparisons.add(compare(what, text, actual, field.getValue()));
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
