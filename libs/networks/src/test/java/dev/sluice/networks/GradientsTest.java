package dev.sluice.networks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.Config;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ClipSimilarity;
import dev.sluice.networks.transformer.ClipVisionModel;
import dev.sluice.networks.unet.NoisyClassifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Networks that give a derivative, against differences of what they give. */
class GradientsTest {

  private static final int SIDE = 8;
  private static final int VALUES = 3 * SIDE * SIDE;

  private static final Config CLASSIFIER =
      Config.of(
          Map.of(
              "in_channels", 3,
              "block_out_channels", List.of(8, 16),
              "down_block_types", List.of("DownBlock2D", "AttnDownBlock2D"),
              "layers_per_block", 1,
              "attention_head_dim", 8,
              "norm_num_groups", 4,
              "resnet_time_scale_shift", "scale_shift",
              "num_classes", 5));

  private static final Config VISION =
      Config.of(
          Map.of(
              "image_size", 16,
              "patch_size", 8,
              "hidden_size", 16,
              "intermediate_size", 32,
              "num_hidden_layers", 2,
              "num_attention_heads", 2,
              "projection_dim", 6));

  private static Network random(Architecture architecture) {
    Random random = new Random(7);
    return Network.initialize(
        architecture,
        parameter -> {
          float[] values = new float[Math.toIntExact(parameter.size())];
          for (int i = 0; i < values.length; i++) {
            values[i] = 0.3f * (float) random.nextGaussian();
          }
          return values;
        });
  }

  private static float[] anySample(long seed, int length) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The derivative along a direction, by the difference of both sides. */
  private static double difference(
      ToDoubleFunction<float[]> function, float[] at, float[] direction) {
    double step = 1e-3;
    return (function.applyAsDouble(moved(at, direction, step))
            - function.applyAsDouble(moved(at, direction, -step)))
        / (2 * step);
  }

  private static float[] moved(float[] at, float[] direction, double step) {
    float[] moved = at.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) step * direction[i];
    }
    return moved;
  }

  private static double product(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }

  private static void assertDerivative(
      ToDoubleFunction<float[]> function, float[] at, float[] gradient) {
    double largest = 0;
    for (long seed = 1; seed <= 4; seed++) {
      float[] direction = anySample(100 + seed, at.length);
      double expected = difference(function, at, direction);
      assertThat(product(gradient, direction))
          .isCloseTo(expected, Offset.offset(2e-2 * Math.abs(expected) + 2e-3));
      largest = Math.max(largest, Math.abs(expected));
    }
    assertThat(largest).as("a function that changes").isGreaterThan(0.02);
  }

  @Test
  void aNoisyClassifier_knowsTheGradientOfALabelsLikelihood() {
    try (Network network = random(new NoisyClassifier(CLASSIFIER))) {
      float[] sample = anySample(3, VALUES);
      ToDoubleFunction<float[]> likelihood =
          at -> {
            float[] logits = network.run(classified(at, null)).get("logits").values();
            double sum = 0;
            for (float logit : logits) {
              sum += Math.exp(logit);
            }
            return logits[2] - Math.log(sum);
          };

      float[] gradient = network.run(classified(sample, 2L)).get("gradient").values();

      assertDerivative(likelihood, sample, gradient);
    }
  }

  @Test
  void aNoisyClassifier_tellsNoiseLevelsApart() {
    try (Network network = random(new NoisyClassifier(CLASSIFIER))) {
      Map<String, HostTensor> early = classified(anySample(3, VALUES), 2L);
      Map<String, HostTensor> late = new LinkedHashMap<>(early);
      late.put("timestep", new HostTensor.Floats(new float[] {900}, 1));

      assertThat(network.run(early).get("gradient").values())
          .isNotEqualTo(network.run(late).get("gradient").values());
    }
  }

  private static Map<String, HostTensor> classified(float[] sample, Long label) {
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("sample", new HostTensor.Floats(sample, 1, 3, SIDE, SIDE));
    inputs.put("timestep", new HostTensor.Floats(new float[] {250}, 1));
    if (label != null) {
      inputs.put("class_labels", new HostTensor.Longs(new long[] {label}, 1));
    }
    return inputs;
  }

  @Test
  void clip_knowsInWhichDirectionAPictureIsMoreLikeItsCaption() {
    float[] half = {0.5f, 0.4f, 0.3f};
    ClipSimilarity similarity =
        new ClipSimilarity(ClipVisionModel.projected(VISION), half, new float[] {0.2f, 0.3f, 0.4f});
    float[] text = anySample(5, 6);
    try (Network network = random(similarity)) {
      float[] sample = anySample(3, VALUES);
      ToDoubleFunction<float[]> cosine =
          at -> network.run(captioned(at, text)).get("similarity").values()[0];

      float[] gradient = network.run(captioned(sample, text)).get("gradient").values();

      assertDerivative(cosine, sample, gradient);
      assertThat(cosine.applyAsDouble(sample)).isBetween(-1.0, 1.0);
    }
  }

  private static Map<String, HostTensor> captioned(float[] sample, float[] text) {
    return Map.of(
        "sample", new HostTensor.Floats(sample, 1, 3, SIDE, SIDE),
        "text_embeds", new HostTensor.Floats(text, 1, text.length));
  }
}
