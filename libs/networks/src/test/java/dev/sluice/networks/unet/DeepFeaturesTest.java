package dev.sluice.networks.unet;

import static dev.sluice.networks.unet.UNet2DConditionModel.DEEP_FEATURES;
import static dev.sluice.networks.unet.UNet2DConditionModel.KEEP_DEEP_FEATURES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.catalog.Config;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeepFeaturesTest {

  private static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));

  private static HostTensor.Floats waves(double frequency, int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) Math.sin(frequency * i);
    }
    return new HostTensor.Floats(values, shape);
  }

  private static Network load(Path folder) {
    try (TensorSource weights = Checkpoints.open(folder)) {
      Config config = Config.read(folder.resolve("config.json"));
      return Network.load(new UNet2DConditionModel(config), weights);
    }
  }

  private static Map<String, HostTensor> inputs(Network network) {
    Map<String, HostTensor> inputs = new HashMap<>(network.architecture().exampleInputs());
    int[] sample = inputs.get("sample").shape();
    inputs.put("sample", waves(1.7, 1, sample[1], 16, 16));
    inputs.put("timestep", new HostTensor.Floats(new float[] {321}, 1));
    int[] states = inputs.get("encoder_hidden_states").shape();
    inputs.put("encoder_hidden_states", waves(0.9, 1, 5, states[2]));
    return inputs;
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe-sd/unet", "pipe-sdxl/unet", "pipe-unclip/decoder", "pipe-if/unet"})
  void outermostLayersGiveTheWholeAnswerOverFeaturesOfTheSameStep(String unet) {
    try (Network network = load(GOLDENS.resolve(unet))) {
      Map<String, HostTensor> inputs = inputs(network);
      float[] plain = network.run(inputs).get("sample").values();
      inputs.put(KEEP_DEEP_FEATURES, new HostTensor.Floats(new float[1], 1));
      Map<String, HostTensor.Floats> whole = network.run(inputs);
      assertThat(whole.get("sample").values()).isEqualTo(plain);

      inputs.remove(KEEP_DEEP_FEATURES);
      inputs.put(DEEP_FEATURES, whole.get(DEEP_FEATURES));
      Map<String, HostTensor.Floats> last = network.run(inputs);

      assertThat(last).containsOnlyKeys("sample");
      assertThat(last.get("sample").values()).containsExactly(plain, Offset.offset(1e-5f));
      inputs.put("sample", waves(2.3, inputs.get("sample").shape()));
      assertThat(network.run(inputs).get("sample").values()).isNotEqualTo(plain);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 999})
  void featuresOfAnotherNetworkAreRefused(int channels) {
    try (Network network = load(GOLDENS.resolve("pipe-sd/unet"))) {
      Map<String, HostTensor> inputs = inputs(network);
      inputs.put(DEEP_FEATURES, waves(1, 1, channels, 16, 16));

      assertThatIllegalArgumentException()
          .isThrownBy(() -> network.run(inputs))
          .withMessageContaining("deep_features has " + channels + " channels");
    }
  }
}
