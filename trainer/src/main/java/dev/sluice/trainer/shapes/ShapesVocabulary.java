package dev.sluice.trainer.shapes;

import dev.sluice.trainer.vocabulary.ClipVocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** A CLIP vocabulary for a shapes world, each of whose words is one token. */
public final class ShapesVocabulary {

  /** Tokens of a prompt, start and end included; the longest caption has 27. */
  public static final int MAX_LENGTH = 28;

  private final ClipVocabulary tokens;

  /** Of the words of a world; ids of one world mean other words in another. */
  public ShapesVocabulary(World world) {
    this.tokens =
        new ClipVocabulary(
            world.words().stream().collect(Collectors.toMap(word -> word, word -> 1)),
            Integer.MAX_VALUE,
            MAX_LENGTH);
  }

  /** Number of tokens. */
  public int size() {
    return tokens.size();
  }

  /** Id of the token that ends every prompt and fills it up. */
  public int endId() {
    return tokens.endId();
  }

  /** What a text encoder's config has of it. */
  public Map<String, Object> textConfig() {
    return tokens.textConfig();
  }

  /**
   * A caption of this world as CLIP's tokenizer encodes it: start, one token a word, end, and end
   * again up to {@link #MAX_LENGTH}.
   *
   * @throws IllegalArgumentException for a word that is not of this world
   */
  public long[] encode(String caption) {
    long[] encoded = new long[MAX_LENGTH];
    Arrays.fill(encoded, endId());
    int length = 0;
    encoded[length++] = tokens.startId();
    for (String word : caption.replace(",", " ,").strip().split(" +")) {
      if (word.isEmpty()) {
        continue;
      }
      Integer id = tokens.wordId(word);
      if (id == null) {
        throw new IllegalArgumentException("not a word of the shapes world: " + word);
      }
      encoded[length++] = id;
    }
    return encoded;
  }

  /**
   * Writes the files of a tokenizer.
   *
   * @param folder made if absent
   */
  public void write(Path folder) throws IOException {
    tokens.write(folder);
  }
}
