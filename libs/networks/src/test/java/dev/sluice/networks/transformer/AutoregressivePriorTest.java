package dev.sluice.networks.transformer;

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

class AutoregressivePriorTest {

  private static final int CODES = 6;
  private static final int BUCKETS = 5;
  private static final int TOKENS = 3;
  private static final int WIDTH = 4;
  private static final Config CONFIG =
      Config.of(
          Map.of(
              "num_attention_heads", 2,
              "attention_head_dim", 4,
              "num_layers", 2,
              "embedding_dim", 7,
              "num_embeddings", TOKENS,
              "clip_embed_dim", WIDTH,
              "num_codes", CODES,
              "num_buckets", BUCKETS,
              "num_similarities", 2));

  private static Network network;

  @BeforeAll
  static void load() {
    network = Network.initialize(new AutoregressivePrior(CONFIG), NormalWeights.of(1));
  }

  @AfterAll
  static void free() {
    network.close();
  }

  private static Map<String, HostTensor> inputs(long... codes) {
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("encoder_hidden_states", floats(1, TOKENS, 7));
    inputs.put("attention_mask", new HostTensor.Longs(new long[] {1, 1, 0}, 1, TOKENS));
    inputs.put("proj_embedding", floats(1, WIDTH));
    inputs.put("similarity", new HostTensor.Longs(new long[] {1}, 1));
    inputs.put("codes", new HostTensor.Longs(codes, 1, CODES));
    return inputs;
  }

  private static HostTensor.Floats floats(int... shape) {
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) Math.sin(1 + 2.3 * i);
    }
    return new HostTensor.Floats(values, shape);
  }

  private static float[] logits(Map<String, HostTensor> inputs) {
    return network.run(inputs, Set.of("logits")).get("logits").values();
  }

  @Test
  void logits_ofACodeDependOnAllCodesBeforeItAndOnNoneAfter() {
    float[] before = logits(inputs(1, 2, 3, 4, 0, 1));
    for (int changed = 0; changed < CODES; changed++) {
      long[] codes = {1, 2, 3, 4, 0, 1};
      codes[changed] = (codes[changed] + 1) % BUCKETS;
      float[] after = logits(inputs(codes));
      for (int code = 0; code < CODES; code++) {
        float[] was = Arrays.copyOfRange(before, code * BUCKETS, (code + 1) * BUCKETS);
        float[] is = Arrays.copyOfRange(after, code * BUCKETS, (code + 1) * BUCKETS);
        if (code <= changed) {
          assertThat(is).as("code %d after %d", code, changed).containsExactly(was, within(1e-5f));
        } else {
          assertThat(is).as("code %d after %d", code, changed).isNotEqualTo(was);
        }
      }
    }
  }

  @Test
  void logits_dependOnTheTextItsEmbeddingAndTheSimilarityButNotOnMaskedTokens() {
    Map<String, HostTensor> inputs = inputs(0, 1, 2, 3, 4, 0);
    float[] before = logits(inputs);
    for (String name : Set.of("encoder_hidden_states", "proj_embedding")) {
      Map<String, HostTensor> other = new LinkedHashMap<>(inputs);
      HostTensor.Floats given = (HostTensor.Floats) inputs.get(name);
      float[] values = given.values().clone();
      values[0] += 1;
      other.put(name, new HostTensor.Floats(values, given.shape()));
      assertThat(logits(other)).as(name).isNotEqualTo(before);
    }
    Map<String, HostTensor> similar = new LinkedHashMap<>(inputs);
    similar.put("similarity", new HostTensor.Longs(new long[] {0}, 1));
    assertThat(logits(similar)).isNotEqualTo(before);

    HostTensor.Floats text = (HostTensor.Floats) inputs.get("encoder_hidden_states");
    float[] masked = text.values().clone();
    masked[2 * 7] += 1;
    Map<String, HostTensor> other = new LinkedHashMap<>(inputs);
    other.put("encoder_hidden_states", new HostTensor.Floats(masked, text.shape()));
    assertThat(logits(other)).containsExactly(before, within(1e-5f));
  }

  @Test
  void position_choosesTheLogitsOfOneCode() {
    Map<String, HostTensor> inputs = inputs(4, 3, 2, 1, 0, 1);
    float[] all = logits(inputs);
    for (int code = 0; code < CODES; code++) {
      inputs.put("position", new HostTensor.Longs(new long[] {code}, 1));
      assertThat(logits(inputs))
          .containsExactly(
              Arrays.copyOfRange(all, code * BUCKETS, (code + 1) * BUCKETS), within(1e-5f));
    }
  }

  @Test
  void finishedCodes_standForTheMiddleOfTheirBuckets() {
    Map<String, float[]> weights =
        Map.of(
            "clip_mean", new float[] {1, 2, 3, 4},
            "components.weight", new float[CODES * WIDTH],
            "code_low", new float[] {-1, 0, 0, 0, 0, 0},
            "code_high", new float[] {1, 10, 0, 0, 0, 0});
    weights.get("components.weight")[0] = 1; // the first component is the first dimension,
    weights.get("components.weight")[WIDTH + 3] = -1; // the second one the fourth, backwards
    try (Network decoder =
        Network.initialize(
            new AutoregressivePrior(CONFIG),
            parameter ->
                weights.getOrDefault(parameter.name(), new float[(int) parameter.size()]))) {
      HostTensor codes = new HostTensor.Longs(new long[] {4, 1, 0, 0, 0, 0}, 1, CODES);
      assertThat(decoder.run(Map.of("finished_codes", codes)).get("image_embeds").values())
          .containsExactly(new float[] {1 + 0.8f, 2, 3, 4 - 3}, within(1e-6f));
    }
  }

  @Test
  void run_refusesAnotherNumberOfTokens() {
    Map<String, HostTensor> inputs = inputs(0, 0, 0, 0, 0, 0);
    inputs.put("encoder_hidden_states", floats(1, TOKENS + 1, 7));
    assertThatThrownBy(() -> network.run(inputs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("encoder_hidden_states has 4 tokens; this prior takes 3");
  }
}
