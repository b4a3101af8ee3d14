package dev.sluice.catalog.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.catalog.file.ModelFile;
import dev.sluice.safetensors.ForeignContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Whether a tokenizer's files are whole: one that is empty or cut short gives other tokens for the
 * same words, and so another picture, without any error.
 */
public final class TokenizerFiles {

  /**
   * Words of a vocabulary that no merge makes are a sign of a file cut short, if more than this.
   */
  private static final int SHARE_WITHOUT_MERGE = 1000;

  private static final String END_OF_WORD = "</w>";

  private final Path folder;
  private final String name;

  private TokenizerFiles(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  /**
   * Checks a tokenizer.
   *
   * @param name the component's, for messages
   * @param table how many tokens the text encoder beside it knows
   * @throws IllegalArgumentException if a file is missing, damaged or does not fit the others
   */
  public static void check(Path folder, String name, OptionalLong table) {
    TokenizerFiles files = new TokenizerFiles(folder, name);
    AddedTokenFiles added = AddedTokenFiles.read(folder, name);
    if (files.has("vocab.json") && files.has("merges.txt")) {
      files.checkPairs(added.ids(), table);
    } else if (files.has("spiece.model")) {
      files.checkPieces(added.ids(), table);
    } else if (files.has("tokenizer.json")) {
      files.checkDefinition(added.ids(), table);
    } else {
      throw new IllegalArgumentException(
          name
              + ": no tokenizer; expected tokenizer.json, vocab.json with merges.txt, or"
              + " spiece.model");
    }
  }

  private boolean has(String file) {
    return Files.isRegularFile(folder.resolve(file));
  }

  private ObjectNode json(String file) {
    return ModelFile.json(folder.resolve(file), origin(file));
  }

  private String origin(String file) {
    return name + "/" + file;
  }

  private void checkPairs(Map<String, Long> added, OptionalLong table) {
    ObjectNode vocabulary = json("vocab.json");
    checkMerges("merges.txt", vocabulary, merges(), added.keySet());
    checkIds("vocab.json", vocabulary, added, table);
  }

  /** The merges, after the line that gives the format's version. */
  private List<String> merges() {
    Path file = folder.resolve("merges.txt");
    try {
      ForeignContent.refuse(file);
      return ModelFile.text(file).strip().lines().skip(1).filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          origin("merges.txt") + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private void checkPieces(Map<String, Long> added, OptionalLong table) {
    Path file = folder.resolve("spiece.model");
    ForeignContent.refuse(file);
    int pieces = SentencePieces.count(file);
    if (pieces == 0) {
      throw new IllegalArgumentException(origin("spiece.model") + ": holds no pieces");
    }
    requireInTable("spiece.model", pieces - 1L, table);
    added.values().forEach(id -> requireInTable("tokenizer_config.json", id, table));
  }

  private void checkDefinition(Map<String, Long> added, OptionalLong table) {
    JsonNode model = json("tokenizer.json").path("model");
    JsonNode vocabulary = model.path("vocab");
    String type = model.path("type").asText("BPE");
    if (!type.equals("BPE") && !type.equals("Unigram")) {
      throw new IllegalArgumentException(
          "%s: a tokenizer of type %s is not served; BPE (CLIP) and Unigram (T5) are"
              .formatted(origin("tokenizer.json"), type));
    }
    if (vocabulary.isEmpty()) {
      throw new IllegalArgumentException(origin("tokenizer.json") + ": has no vocabulary");
    }
    if (vocabulary instanceof ObjectNode words) {
      List<String> merges = new ArrayList<>();
      for (JsonNode merge : model.path("merges")) {
        merges.add(
            merge.isArray()
                ? merge.path(0).asText() + " " + merge.path(1).asText()
                : merge.asText());
      }
      checkMerges("tokenizer.json", words, merges, added.keySet());
      checkIds("tokenizer.json", words, added, table);
    } else {
      requireInTable("tokenizer.json", vocabulary.size() - 1L, table);
      added.values().forEach(id -> requireInTable("tokenizer.json", id, table));
    }
  }

  private void checkMerges(
      String file, ObjectNode vocabulary, List<String> merges, Set<String> added) {
    if (vocabulary.isEmpty()) {
      throw new IllegalArgumentException(origin("vocab.json") + ": has no words");
    }
    Set<String> made = new HashSet<>();
    for (String merge : merges) {
      int space = merge.indexOf(' ');
      if (space < 1 || space == merge.length() - 1) {
        throw new IllegalArgumentException(
            "%s: \"%s\" is no merge of two; the file seems damaged or cut short"
                .formatted(origin(file), merge));
      }
      made.add(merge.substring(0, space) + merge.substring(space + 1));
    }
    List<String> nameless = made.stream().filter(word -> !vocabulary.has(word)).sorted().toList();
    if (nameless.size() > made.size() / SHARE_WITHOUT_MERGE) {
      throw new IllegalArgumentException(
          "%s: merges make %d words that the vocabulary does not have, such as \"%s\"; it is cut short or another tokenizer's"
              .formatted(origin(file), nameless.size(), nameless.get(0)));
    }
    List<String> unmade = new ArrayList<>();
    vocabulary
        .fieldNames()
        .forEachRemaining(
            word -> {
              if (!isSymbol(word)
                  && !made.contains(word)
                  && !added.contains(word)
                  && !(word.startsWith("<|") && word.endsWith("|>"))) {
                unmade.add(word);
              }
            });
    if (unmade.size() > vocabulary.size() / SHARE_WITHOUT_MERGE) {
      throw new IllegalArgumentException(
          "%s: no merge makes %d of the %d words in the vocabulary, such as \"%s\"; the file is empty, cut short or another tokenizer's"
              .formatted(origin(file), unmade.size(), vocabulary.size(), unmade.get(0)));
    }
  }

  /** What texts are made of before any merge: single characters, at a word's end or not. */
  private static boolean isSymbol(String word) {
    String plain =
        word.endsWith(END_OF_WORD) ? word.substring(0, word.length() - END_OF_WORD.length()) : word;
    return plain.codePointCount(0, plain.length()) <= 1;
  }

  private void checkIds(
      String file, ObjectNode vocabulary, Map<String, Long> added, OptionalLong table) {
    long highest = -1;
    for (Map.Entry<String, JsonNode> word : vocabulary.properties()) {
      if (!word.getValue().isIntegralNumber()) {
        throw new IllegalArgumentException(
            "%s: the id of \"%s\" is %s; expected a whole number"
                .formatted(origin(file), word.getKey(), word.getValue()));
      }
      highest = Math.max(highest, word.getValue().asLong());
    }
    requireInTable(file, highest, table);
    for (Map.Entry<String, Long> token : added.entrySet()) {
      requireInTable("token \"" + token.getKey() + "\"", token.getValue(), table);
    }
  }

  private void requireInTable(String what, long id, OptionalLong table) {
    if (id < 0 || table.isPresent() && id >= table.getAsLong()) {
      throw new IllegalArgumentException(
          "%s: %s has the id %d; the text encoder beside it knows 0 to %d (vocab_size)"
              .formatted(name, what, id, table.orElse(Long.MAX_VALUE) - 1));
    }
  }
}
