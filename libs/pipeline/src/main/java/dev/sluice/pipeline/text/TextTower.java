package dev.sluice.pipeline.text;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tokenizer.TokenIds;
import dev.sluice.networks.tokenizer.Tokenizer;
import dev.sluice.networks.tokenizer.Tokenizers;
import dev.sluice.pipeline.batch.AskedNetwork;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.model.Closer;
import dev.sluice.pipeline.model.Components;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A text encoder's network with its tokenizer. What texts gave is remembered, because the empty
 * text and common negative prompts come with every request. Safe for use by several threads.
 */
final class TextTower implements AutoCloseable {

  private static final int REMEMBERED = 64;

  private final Tokenizer tokenizer;
  private final AskedNetwork network;
  private final boolean masked;
  private final int length;
  private final Map<String, Map<String, HostTensor.Floats>> remembered =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(
            Map.Entry<String, Map<String, HostTensor.Floats>> eldest) {
          return size() > REMEMBERED;
        }
      };

  private TextTower(Tokenizer tokenizer, AskedNetwork network, boolean masked, int positions) {
    this.tokenizer = tokenizer;
    this.length = Math.min(tokenizer.maxLength(), positions);
    this.network = network;
    this.masked = masked;
  }

  /**
   * Loads a text encoder.
   *
   * @param suffix of the components' names: empty, {@code _2} or {@code _3}
   * @param masked whether padding is hidden from the network
   * @param outputs that are wanted of the network; no others are computed or remembered
   */
  static TextTower load(
      ModelFolder model, BatchLimit limit, String suffix, boolean masked, String... outputs) {
    int positions =
        model.config("text_encoder" + suffix).integer("max_position_embeddings", Integer.MAX_VALUE);
    try (Closer closer = new Closer()) {
      Tokenizer tokenizer = closer.opened(Tokenizers.open(model.component("tokenizer" + suffix)));
      AskedNetwork network =
          closer.opened(
              new AskedNetwork(
                  Components.network(model, "text_encoder" + suffix), Set.of(outputs), limit));
      closer.handOver();
      return new TextTower(tokenizer, network, masked, positions);
    }
  }

  /** The length that texts are padded to unless said otherwise. */
  int length() {
    return length;
  }

  /** A text of {@code length} tokens, padded or cut. */
  TokenIds tokens(String text, int length) {
    return tokenizer.encode(text, length);
  }

  /** What is cut off a text of at most {@code length} tokens; empty if nothing is. */
  Optional<TextCut> cut(String text, int length, String reader) {
    if (tokenizer.encode(text).length <= length) {
      return Optional.empty();
    }
    // Tokens do not know where in the text they come from; the longest beginning that fits does.
    int[] characters = text.codePoints().toArray();
    int fits = 0;
    int tooLong = characters.length;
    while (tooLong - fits > 1) {
      int middle = (fits + tooLong) / 2;
      if (tokenizer.encode(new String(characters, 0, middle)).length <= length) {
        fits = middle;
      } else {
        tooLong = middle;
      }
    }
    int word = fits;
    while (word > 0 && !Character.isWhitespace(characters[word - 1])) {
      word--;
    }
    int from = word == 0 ? fits : word;
    return Optional.of(
        new TextCut(
            length, reader, new String(characters, from, characters.length - from).strip()));
  }

  /** The outputs of the network for a text of {@code length} tokens, padded or cut. */
  Map<String, HostTensor.Floats> outputs(String text, int length) {
    String key = length + ":" + text;
    synchronized (remembered) {
      Map<String, HostTensor.Floats> known = remembered.get(key);
      if (known != null) {
        return known;
      }
    }
    TokenIds tokens = tokens(text, length);
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("input_ids", tokens.inputIds());
    if (masked) {
      inputs.put("attention_mask", tokens.mask());
    }
    Map<String, HostTensor.Floats> found = network.ask(inputs, Claim.ANYBODYS);
    synchronized (remembered) {
      remembered.put(key, found);
    }
    return found;
  }

  /** For its counters. */
  StepBatcher batcher() {
    return network.batcher();
  }

  @Override
  public void close() {
    tokenizer.close();
    network.close();
  }
}
