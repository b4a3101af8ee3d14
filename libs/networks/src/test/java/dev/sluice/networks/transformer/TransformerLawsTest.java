package dev.sluice.networks.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.catalog.Config;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.weights.TrainableWeight;
import dev.sluice.networks.weights.TrainableWeights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

class TransformerLawsTest {

  private static final Config TEXT =
      Config.of(
          Map.of(
              "vocab_size", 50,
              "hidden_size", 16,
              "intermediate_size", 24,
              "num_hidden_layers", 2,
              "num_attention_heads", 2,
              "max_position_embeddings", 8,
              "projection_dim", 6,
              "eos_token_id", 49));

  @Test
  void textConfig_takesTheLibrarysDefaults() {
    assertThat(ClipTextModel.projected(Config.of(Map.of())).config())
        .isEqualTo(
            new ClipTextConfig(
                new ClipEncoder(512, 2048, 12, 8, Activation.QUICK_GELU, 1e-5),
                49408,
                77,
                512,
                49407));
  }

  @Test
  void textModel_refusesMoreTokensThanItHasPositionsFor() {
    try (Network network = random(ClipTextModel.projected(TEXT))) {
      assertThatThrownBy(
              () -> network.run(Map.of("input_ids", new HostTensor.Longs(new long[9], 1, 9))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("input_ids holds 9 tokens a text; this text encoder takes at most 8");
    }
  }

  @Test
  void textModel_givesTheSameEmbeddingWhateverComesAfterTheFirstEnd() {
    try (Network network = random(ClipTextModel.projected(TEXT))) {
      float[] padded = embedding(network, 3, 7, 49, 49, 49);
      float[] filled = embedding(network, 3, 7, 49, 12, 40);
      float[] other = embedding(network, 3, 8, 49, 49, 49);

      assertThat(filled).containsExactly(padded, within(1e-6f));
      assertThat(other).isNotEqualTo(padded);
    }
  }

  private static float[] embedding(Network network, long... ids) {
    Map<String, HostTensor> inputs = Map.of("input_ids", new HostTensor.Longs(ids, 1, ids.length));
    return network.run(inputs, Set.of("text_embeds")).get("text_embeds").values();
  }

  @Test
  void run_refusesAnOutputThatIsNotThere() {
    try (Network network = random(ClipTextModel.projected(TEXT))) {
      Map<String, HostTensor> inputs =
          Map.of("input_ids", new HostTensor.Longs(new long[] {1}, 1, 1));
      assertThatThrownBy(() -> network.run(inputs, Set.of("pooler_output")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no output pooler_output; there are")
          .hasMessageContaining("text_embeds");
    }
  }

  @Test
  void textProjection_guidesAsIfTheFirstHalfHadDroppedItsPicture() {
    Config config =
        Config.of(Map.of("clip_embeddings_dim", 6, "time_embed_dim", 8, "cross_attention_dim", 10));
    try (Network network = random(new UnClipTextProjModel(config))) {
      HostTensor.Floats one = floats(5, 1, 6);
      Map<String, HostTensor> text =
          Map.of(
              "prompt_embeds", floats(1, 2, 6), "text_encoder_hidden_states", floats(2, 2, 3, 6));

      Map<String, HostTensor> guided = new LinkedHashMap<>(text);
      guided.put("guided_image_embeddings", one);
      Map<String, HostTensor> dropped = new LinkedHashMap<>(text);
      float[] twice = new float[12];
      System.arraycopy(one.values(), 0, twice, 0, 6);
      System.arraycopy(one.values(), 0, twice, 6, 6);
      dropped.put("image_embeddings", new HostTensor.Floats(twice, 2, 6));
      dropped.put("image_embeddings_dropped", new HostTensor.Floats(new float[] {1, 0}, 2));

      for (String output : List.of("text_encoder_hidden_states", "additive_clip_time_embeddings")) {
        assertThat(network.run(guided).get(output).values())
            .containsExactly(network.run(dropped).get(output).values(), within(1e-6f));
      }
    }
  }

  @Test
  void diffusionTransformer_takesPicturesThatAreNotSquare() {
    Config config =
        Config.of(
            Map.of(
                "_class_name", "DiTTransformer2DModel",
                "num_attention_heads", 2,
                "attention_head_dim", 8,
                "num_layers", 1,
                "sample_size", 8,
                "out_channels", 8,
                "num_embeds_ada_norm", 3));
    try (Network network = random(Architectures.of(config))) {
      Map<String, HostTensor> inputs =
          Map.of(
              "hidden_states", floats(1, 2, 4, 4, 10),
              "timestep", new HostTensor.Longs(new long[] {7, 900}, 2),
              "class_labels", new HostTensor.Longs(new long[] {0, 3}, 2));
      assertThat(network.run(inputs).get("sample").shape()).containsExactly(2, 8, 4, 10);

      Map<String, HostTensor> odd = new LinkedHashMap<>(inputs);
      odd.put("hidden_states", floats(1, 2, 4, 4, 9));
      assertThatThrownBy(() -> network.run(odd))
          .hasMessage(
              "hidden_states are 4 x 9; height and width must be multiples of the patch size, 2");
    }
  }

  @ParameterizedTest
  @EnumSource
  void diffusionTransformer_isToldTimestepAndClassInEachOfThePapersWays(
      DiTConfig.Conditioning conditioning) {
    try (Network network = random(smallDit(conditioning.toString()))) {
      assertThat(said(network, 7, 1))
          .isNotEqualTo(said(network, 8, 1))
          .isNotEqualTo(said(network, 7, 2));
    }
  }

  @Test
  void diffusionTransformer_refusesAnyOtherWay() {
    assertThatThrownBy(() -> smallDit("in-context"))
        .hasMessageContaining("conditioning in-context is not served")
        .hasMessageContaining("[ada_ln_zero, ada_ln, in_context, cross_attention]");
  }

  private static DiTTransformer2DModel smallDit(String conditioning) {
    return new DiTTransformer2DModel(
        Config.of(
            Map.of(
                "num_attention_heads", 2,
                "attention_head_dim", 8,
                "num_layers", 1,
                "num_embeds_ada_norm", 3,
                "conditioning", conditioning)));
  }

  private static float[] said(Network network, long timestep, long label) {
    Map<String, HostTensor> inputs =
        Map.of(
            "hidden_states", floats(1, 1, 4, 4, 4),
            "timestep", new HostTensor.Longs(new long[] {timestep}, 1),
            "class_labels", new HostTensor.Longs(new long[] {label}, 1));
    HostTensor.Floats answer = network.run(inputs).get("sample");
    assertThat(answer.shape()).containsExactly(1, 4, 4, 4);
    return answer.values();
  }

  @Test
  void sd3Config_refusesAnAttentionItDoesNotKnow() {
    Config config = Config.of(Map.of("caption_projection_dim", 1152, "text_attention", "none"));
    assertThatThrownBy(() -> new SD3Transformer2DModel(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unknown text_attention none; known: joint, cross");
  }

  @Test
  void sd3Config_refusesTextOfAnotherWidthThanThePicture() {
    Config config = Config.of(Map.of("num_attention_heads", 2, "caption_projection_dim", 100));
    assertThatThrownBy(() -> new SD3Transformer2DModel(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("caption_projection_dim is 100")
        .hasMessageContaining("= 128");
  }

  /** TensorFlow's graph gradients do not know every operation; training needs them all here. */
  @ParameterizedTest
  @MethodSource("trainable")
  void everyWeightInUse_hasAGradient(Architecture architecture, Map<String, HostTensor> more) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Map<String, HostTensor> values = new LinkedHashMap<>(architecture.exampleInputs());
      values.putAll(more);
      Map<String, Operand<? extends TType>> operands = new LinkedHashMap<>();
      values.forEach((name, value) -> operands.put(name, placeholder(tf, value)));
      TrainableWeights parameters = new TrainableWeights(tf);
      Map<String, Operand<TFloat32>> outputs =
          architecture.build(
              Scope.root(tf, parameters, new LinkedHashMap<>()), Inputs.of(operands));
      Operand<TFloat32> loss = null;
      for (Map.Entry<String, Operand<TFloat32>> output : outputs.entrySet()) {
        if (!output.getKey().startsWith("hidden_states.")) {
          Operand<TFloat32> sum =
              tf.reduceSum(
                  tf.reshape(output.getValue(), tf.constant(new int[] {-1})), tf.constant(0));
          loss = loss == null ? sum : tf.math.add(loss, sum);
        }
      }
      List<TrainableWeight> used =
          parameters.all().stream().filter(p -> !p.name().startsWith("clip_")).toList();
      Output<?>[] weights =
          used.stream().map(p -> p.variable().asOutput()).toArray(Output<?>[]::new);

      Output<?>[] gradients = graph.addGradients(loss.asOutput(), weights);

      assertThat(gradients).hasSameSizeAs(weights).doesNotContainNull();
    }
  }

  static Stream<Arguments> trainable() {
    Map<String, Object> small =
        Map.of(
            "num_attention_heads",
            2,
            "attention_head_dim",
            4,
            "num_layers",
            1,
            "embedding_dim",
            6,
            "num_embeddings",
            3);
    return Stream.of(
        arguments(
            ClipTextModel.projected(TEXT),
            Map.of("attention_mask", new HostTensor.Longs(new long[1], 1, 1))),
        arguments(
            new PriorTransformer(Config.of(small)),
            Map.of("attention_mask", new HostTensor.Longs(new long[3], 1, 3))),
        arguments(
            new UnClipTextProjModel(
                Config.of(
                    Map.of(
                        "clip_embeddings_dim", 6, "time_embed_dim", 8, "cross_attention_dim", 10))),
            Map.of("image_embeddings_dropped", new HostTensor.Longs(new long[1], 1))),
        arguments(
            ClipVisionModel.projected(
                Config.of(
                    Map.of(
                        "hidden_size", 8,
                        "intermediate_size", 8,
                        "num_hidden_layers", 1,
                        "num_attention_heads", 2,
                        "image_size", 4,
                        "patch_size", 2))),
            Map.of()),
        arguments(
            new T5EncoderModel(
                Config.of(
                    Map.of(
                        "vocab_size",
                        9,
                        "d_model",
                        8,
                        "d_kv",
                        4,
                        "num_heads",
                        2,
                        "num_layers",
                        1))),
            Map.of()),
        arguments(smallDit("ada_ln_zero"), Map.of()),
        arguments(smallDit("ada_ln"), Map.of()),
        arguments(smallDit("in_context"), Map.of()),
        arguments(smallDit("cross_attention"), Map.of()),
        arguments(
            new SD3Transformer2DModel(
                Config.of(
                    Map.of(
                        "num_attention_heads", 2,
                        "attention_head_dim", 8,
                        "caption_projection_dim", 16,
                        "num_layers", 1,
                        "joint_attention_dim", 6,
                        "pooled_projection_dim", 5,
                        "text_attention", "cross"))),
            Map.of()),
        arguments(
            new SD3Transformer2DModel(
                Config.of(
                    Map.of(
                        "num_attention_heads", 2,
                        "attention_head_dim", 8,
                        "caption_projection_dim", 16,
                        "num_layers", 2,
                        "joint_attention_dim", 6,
                        "pooled_projection_dim", 5,
                        "qk_norm", "rms_norm",
                        "dual_attention_layers", List.of(0)))),
            Map.of()));
  }

  private static Operand<? extends TType> placeholder(Ops tf, HostTensor like) {
    long[] extents = Arrays.stream(like.shape()).asLongStream().toArray();
    return like instanceof HostTensor.Longs
        ? tf.placeholder(TInt64.class, Placeholder.shape(Shape.of(extents)))
        : tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(extents)));
  }

  private static Network random(Architecture architecture) {
    Random random = new Random(1);
    return Network.initialize(architecture, parameter -> values(random, parameter));
  }

  private static float[] values(Random random, Parameter parameter) {
    float[] values = new float[(int) parameter.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.3 * random.nextGaussian());
    }
    return values;
  }

  private static HostTensor.Floats floats(int seed, int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new HostTensor.Floats(values, shape);
  }
}
