package dev.sluice.networks.unet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.catalog.Config;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.Goldens;
import dev.sluice.networks.graph.GraphWork;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.SafetensorsWriter;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for any input, checked on networks with recorded weights. */
class UNetInputsTest {

  @Test
  void maskedTokens_areAsGood_asNone_withSpatialTransformers() {
    assertMaskIsRemoval("unet-sd15", 4, "encoder_attention_mask", Map.of());
  }

  @Test
  void maskedTokens_areAsGood_asNone_withAddedKeyAttention() {
    assertMaskIsRemoval(
        "unet-unclip-decoder", 3, "attention_mask", Map.of("class_labels", noise(4, 1, 32)));
  }

  @Test
  void textThatIsOnlyPooled_isAskedFor() {
    UNet2DConditionModel network =
        new UNet2DConditionModel(
            Config.of(
                Map.ofEntries(
                    Map.entry("in_channels", 3),
                    Map.entry("out_channels", 3),
                    Map.entry("block_out_channels", List.of(8, 8)),
                    Map.entry("down_block_types", List.of("DownBlock2D", "DownBlock2D")),
                    Map.entry("mid_block_type", "UNetMidBlock2D"),
                    Map.entry("up_block_types", List.of("UpBlock2D", "UpBlock2D")),
                    Map.entry("norm_num_groups", 4),
                    Map.entry("encoder_hid_dim", 16),
                    Map.entry("encoder_hid_dim_type", "text_proj"),
                    Map.entry("addition_embed_type", "text"),
                    Map.entry("addition_embed_type_num_heads", 2))));

    assertThat(network.exampleInputs().get("encoder_hidden_states").shape())
        .containsExactly(1, 1, 16);
    assertThat(GraphWork.of(network, network.exampleInputs())).isPositive();
  }

  private static void assertMaskIsRemoval(
      String pack, int channels, String maskName, Map<String, HostTensor> extra) {
    try (Network network = load(pack)) {
      Map<String, HostTensor> inputs = new LinkedHashMap<>(extra);
      inputs.put("sample", noise(1, 1, channels, 16, 16));
      inputs.put("timestep", new HostTensor.Longs(new long[] {500}, 1));
      HostTensor.Floats tokens = noise(2, 1, 5, 24);

      inputs.put(
          "encoder_hidden_states",
          new HostTensor.Floats(Arrays.copyOf(tokens.values(), 3 * 24), 1, 3, 24));
      float[] shorter = network.run(inputs).get("sample").values();
      inputs.put("encoder_hidden_states", tokens);
      float[] unmasked = network.run(inputs).get("sample").values();
      inputs.put(maskName, new HostTensor.Longs(new long[] {1, 1, 1, 0, 0}, 1, 5));
      float[] masked = network.run(inputs).get("sample").values();

      assertThat(masked).containsExactly(shorter, within(1e-5f));
      assertThat(distance(unmasked, shorter)).isGreaterThan(1e-3);
    }
  }

  @Test
  void aMaskOfAnotherLength_isAnErrorThatSaysBoth() {
    try (Network network = load("unet-unclip-decoder")) {
      Map<String, HostTensor> inputs =
          Map.of(
              "sample", noise(1, 1, 3, 16, 16),
              "timestep", new HostTensor.Longs(new long[1], 1),
              "class_labels", noise(4, 1, 32),
              "encoder_hidden_states", noise(2, 1, 5, 24),
              "attention_mask", new HostTensor.Longs(new long[4], 1, 4));

      assertThatThrownBy(() -> network.run(inputs))
          .hasMessageContaining("mask over 4 tokens")
          .hasMessageContaining("there are 5");
    }
  }

  @Test
  void rowsOfABatch_doNotSeeEachOther() {
    try (Network network = load("unet2d-ddpm")) {
      HostTensor.Floats samples = noise(3, 3, 3, 16, 16);
      long[] timesteps = {999, 10, 0};
      float[] together =
          network
              .run(Map.of("sample", samples, "timestep", new HostTensor.Longs(timesteps, 3)))
              .get("sample")
              .values();
      for (int row = 0; row < 3; row++) {
        HostTensor.Floats alone =
            network
                .run(
                    Map.of(
                        "sample",
                        samples.row(row),
                        "timestep",
                        new HostTensor.Longs(new long[] {timesteps[row]}, 1)))
                .get("sample");
        int size = alone.values().length;
        assertThat(Arrays.copyOfRange(together, row * size, (row + 1) * size))
            .containsExactly(alone.values(), within(1e-5f));
      }
    }
  }

  @Test
  void sizesThatHalveToOddOnes_comeBack() {
    try (Network network = load("unet-sd15")) {
      HostTensor.Floats out =
          network
              .run(
                  Map.of(
                      "sample", noise(1, 1, 4, 18, 11),
                      "timestep", new HostTensor.Longs(new long[1], 1),
                      "encoder_hidden_states", noise(2, 1, 5, 24)))
              .get("sample");

      assertThat(out.shape()).containsExactly(1, 4, 18, 11);
      assertThat(out.values()).doesNotContain(Float.NaN);
    }
  }

  @Test
  void wrongChannels_areAnErrorThatSaysBoth() {
    try (Network network = load("unet2d-ddpm")) {
      assertThatThrownBy(
              () ->
                  network.run(
                      Map.of(
                          "sample",
                          noise(1, 1, 4, 16, 16),
                          "timestep",
                          new HostTensor.Longs(new long[1], 1))))
          .hasMessageContaining("sample has 4 channels")
          .hasMessageContaining("takes 3");
    }
  }

  @Test
  void aMissingInput_isAnErrorThatNamesIt() {
    try (Network network = load("unet-sd15")) {
      assertThatThrownBy(
              () ->
                  network.run(
                      Map.of(
                          "sample",
                          noise(1, 1, 4, 16, 16),
                          "timestep",
                          new HostTensor.Longs(new long[1], 1))))
          .hasMessageContaining("encoder_hidden_states");
    }
  }

  @Test
  void attentionNamesOfOldCheckpoints_areUnderstood(@TempDir Path temp) {
    Path folder = Goldens.folder("unet2d-ddpm");
    Path old = temp.resolve("old.safetensors");
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    try (TensorSource source = Checkpoints.open(folder)) {
      for (String name : source.names()) {
        String oldName =
            name.replace(".to_q.", ".query.")
                .replace(".to_k.", ".key.")
                .replace(".to_v.", ".value.")
                .replace(".to_out.0.", ".proj_attn.");
        tensors.put(
            oldName, new NamedTensor(DType.F32, source.info(name).shape(), source.floats(name)));
      }
    }
    assertThat(tensors).containsKey("mid_block.attentions.0.proj_attn.weight");
    SafetensorsWriter.write(old, tensors, Map.of());

    Map<String, HostTensor> inputs =
        Map.of(
            "sample", noise(1, 1, 3, 16, 16), "timestep", new HostTensor.Longs(new long[] {7}, 1));
    try (TensorSource source = SafetensorsFile.open(old);
        Network oldNetwork = Network.load(Architectures.of(config("unet2d-ddpm")), source);
        Network network = load("unet2d-ddpm")) {
      assertThat(oldNetwork.run(inputs).get("sample").values())
          .containsExactly(network.run(inputs).get("sample").values(), within(1e-6f));
    }
  }

  private static Network load(String pack) {
    try (TensorSource weights = Checkpoints.open(Goldens.folder(pack))) {
      return Network.load(Architectures.of(config(pack)), weights);
    }
  }

  private static Config config(String pack) {
    return Config.read(Goldens.folder(pack).resolve("config.json"));
  }

  private static HostTensor.Floats noise(long seed, int... shape) {
    Random random = new Random(seed);
    float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new HostTensor.Floats(values, shape);
  }

  private static double distance(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }
}
