package dev.sluice.bench.published;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.bench.published.Component.ClipTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A byte-pair vocabulary of CLIP's form and size: every byte, alone and at a word's end, some
 * merges, the special tokens at the published ids. What lies between are tokens that no text has.
 */
final class ClipVocabulary {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SIZE = 49408;
  private static final String START = "<|startoftext|>";
  private static final String WORD_END = "</w>";
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

  private ClipVocabulary() {}

  static void write(Path folder, ClipTokenizer tokenizer) throws IOException {
    Map<String, Integer> ids = new LinkedHashMap<>();
    List<String> bytes = bytes();
    bytes.forEach(symbol -> ids.put(symbol, ids.size()));
    bytes.forEach(symbol -> ids.put(symbol + WORD_END, ids.size()));
    StringBuilder merges = new StringBuilder("#version: 0.2\n");
    for (String ending : List.of("", WORD_END)) {
      for (char left : LETTERS.toCharArray()) {
        for (char right : LETTERS.toCharArray()) {
          merges.append(left).append(' ').append(right).append(ending).append('\n');
          ids.put("" + left + right + ending, ids.size());
        }
      }
    }
    while (ids.size() < SIZE - 2) {
      ids.put("<|unused_" + ids.size() + "|>", ids.size());
    }
    ids.put(START, ids.size());
    ids.put(ClipTokenizer.END, ids.size());
    JSON.writeValue(folder.resolve("vocab.json").toFile(), ids);
    Files.writeString(folder.resolve("merges.txt"), merges, StandardCharsets.UTF_8);
    Map<String, Object> special =
        Keys.of(
            "bos_token",
            START,
            "eos_token",
            ClipTokenizer.END,
            "pad_token",
            tokenizer.pad(),
            "unk_token",
            ClipTokenizer.END);
    JSON.writeValue(folder.resolve("special_tokens_map.json").toFile(), special);
    JSON.writeValue(
        folder.resolve("tokenizer_config.json").toFile(),
        Keys.with(
            special,
            "add_prefix_space",
            false,
            "do_lower_case",
            true,
            "errors",
            "replace",
            "model_max_length",
            77,
            "tokenizer_class",
            tokenizer.className()));
  }

  /**
   * The characters that stand for the 256 bytes: printable ones for themselves and first, the
   * others after them as characters from 256 on (Radford et al. 2019).
   */
  private static List<String> bytes() {
    List<String> symbols = new ArrayList<>();
    for (int value = 0; value < 256; value++) {
      if (isPrintable(value)) {
        symbols.add(Character.toString(value));
      }
    }
    for (int other = 256; symbols.size() < 256; other++) {
      symbols.add(Character.toString(other));
    }
    return symbols;
  }

  private static boolean isPrintable(int value) {
    return value > ' ' && value <= '~' || value > 0xa0 && value != 0xad;
  }
}
