package dev.sluice.networks.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.catalog.Config;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.weights.NormalWeights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CodeTransformerTest {

  private static final int TOKENS = 3;
  private static final int TEXT = 7;
  private static final int LAYERS = 2;
  private static final int WIDTH = 8;
  private static final CodeGrid GRID = new CodeGrid(4, 5);
  private static final int CODES = GRID.count();
  private static final int WORDS = GRID.words();
  private static final Config CONFIG =
      Config.of(
          Map.of(
              "num_attention_heads",
              2,
              "attention_head_dim",
              WIDTH / 2,
              "num_layers",
              LAYERS,
              "embedding_dim",
              TEXT,
              "num_embeddings",
              TOKENS,
              "sample_size",
              GRID.side(),
              "num_vq_embeddings",
              GRID.entries()));

  private static Network network;

  @BeforeAll
  static void load() {
    network = Network.initialize(new CodeTransformer(CONFIG), NormalWeights.of(1));
  }

  @AfterAll
  static void free() {
    network.close();
  }

  private static long[] codes(int salt) {
    long[] codes = new long[CODES];
    for (int place = 0; place < CODES; place++) {
      codes[place] = GRID.firstWord(place) + (place * 3 + salt) % GRID.entries();
    }
    return codes;
  }

  private static HostTensor.Floats text(int salt) {
    float[] values = new float[TOKENS * TEXT];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(salt + 2.3 * i);
    }
    return new HostTensor.Floats(values, 1, TOKENS, TEXT);
  }

  private static Map<String, HostTensor> inputs(HostTensor text, long... codes) {
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("encoder_hidden_states", text);
    inputs.put("codes", new HostTensor.Longs(codes, 1, CODES));
    return inputs;
  }

  private static float[] logits(HostTensor text, long... codes) {
    return network.run(inputs(text, codes), Set.of("logits")).get("logits").values();
  }

  private static float[] of(int place, float[] logits) {
    return Arrays.copyOfRange(logits, place * WORDS, (place + 1) * WORDS);
  }

  @Test
  void logits_ofACodeDependOnAllCodesBeforeItAndOnNoneFromItOn() {
    float[] before = logits(text(1), codes(0));
    for (int changed = 0; changed < CODES; changed++) {
      long[] codes = codes(0);
      codes[changed] = codes(1)[changed];
      float[] after = logits(text(1), codes);
      for (int place = 0; place < CODES; place++) {
        if (place <= changed) {
          assertThat(of(place, after))
              .as("code %d after %d", place, changed)
              .containsExactly(of(place, before), within(1e-4f));
        } else {
          assertThat(of(place, after))
              .as("code %d after %d", place, changed)
              .isNotEqualTo(of(place, before));
        }
      }
    }
  }

  @Test
  void logits_leaveNoChanceToWordsOfTheOtherLevel() {
    float[] logits = logits(text(1), codes(0));
    for (int place = 0; place < CODES; place++) {
      for (int word = 0; word < WORDS; word++) {
        boolean own = word / GRID.entries() == (GRID.isTop(place) ? 0 : 1);
        assertThat(logits[place * WORDS + word] > -1000).isEqualTo(own);
      }
    }
  }

  @Test
  void logits_dependOnTheText() {
    float[] one = logits(text(1), codes(0));
    float[] other = logits(text(2), codes(0));
    for (int place = 0; place < CODES; place++) {
      assertThat(of(place, one)).isNotEqualTo(of(place, other));
    }
  }

  /** Rows at different places, of different texts and codes, in one call. */
  @Test
  void remembered_givesTheSameLogitsAsTheWholeSequence() {
    float[][] whole = {logits(text(1), codes(0)), logits(text(2), codes(1))};
    float[][] memories = new float[2][];
    HostTensor.Floats[] texts = new HostTensor.Floats[2];
    for (int row = 0; row < 2; row++) {
      texts[row] = network.run(Map.of("encoder_hidden_states", text(row + 1))).get("text_memory");
      memories[row] = new float[LAYERS * 2 * CODES * WIDTH];
      // What was not written yet must not matter.
      Arrays.fill(memories[row], 3);
    }
    int behind = 4;
    for (int step = 0; step < CODES + behind; step++) {
      int[] places = {Math.min(step, CODES - 1), Math.max(0, step - behind)};
      Map<String, HostTensor.Floats> answer =
          network.run(
              Map.of(
                  "text_memory", stacked(texts[0].values(), texts[1].values(), TOKENS),
                  "memory", stacked(memories[0], memories[1], CODES),
                  "codes", codesUpTo(places),
                  "position", new HostTensor.Longs(new long[] {places[0], places[1]}, 2)));
      for (int row = 0; row < 2; row++) {
        assertThat(answer.get("logits").row(row).values())
            .as("row %d at %d", row, places[row])
            .containsExactly(of(places[row], whole[row]), within(2e-3f));
        float[] own = answer.get("remembered").row(row).values();
        for (int part = 0; part < LAYERS * 2; part++) {
          System.arraycopy(
              own, part * WIDTH, memories[row], (part * CODES + places[row]) * WIDTH, WIDTH);
        }
      }
    }
  }

  private static HostTensor stacked(float[] one, float[] other, int tokens) {
    float[] both = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(other, 0, both, one.length, one.length);
    return new HostTensor.Floats(both, 2, LAYERS, 2, tokens, WIDTH);
  }

  private static HostTensor codesUpTo(int[] places) {
    long[] codes = new long[2 * CODES];
    for (int row = 0; row < 2; row++) {
      System.arraycopy(codes(row), 0, codes, row * CODES, places[row]);
    }
    return new HostTensor.Longs(codes, 2, CODES);
  }

  @Test
  void run_refusesAnotherNumberOfTokensOrCodes() {
    assertThatThrownBy(
            () ->
                network.run(
                    Map.of(
                        "encoder_hidden_states",
                        new HostTensor.Floats(new float[2 * TEXT], 1, 2, TEXT))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("encoder_hidden_states has 2 tokens; this transformer takes 3");
    assertThatThrownBy(
            () ->
                network.run(
                    Map.of(
                        "encoder_hidden_states",
                        text(1),
                        "codes",
                        new HostTensor.Longs(new long[4], 1, 4))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("codes has 4 codes; this transformer takes 20");
  }
}
