package dev.sluice.parity.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.catalog.loading.WeightPrecision;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsWriter;
import dev.sluice.safetensors.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Weights in half precision give the same whether they are widened when they are loaded or at every
 * call. How far both are from the recording says what the rounding of its weights does.
 */
class StoredWeightsTest {

  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({
    "unet-unclip-decoder, F16",
    "unet2d-adm, BF16",
    "unet-sdxl, F16",
    "unet-sdxl, BF16",
    "unet-kandinsky22-decoder, BF16",
    "unet-if-stage1, F16",
    "vae-sd-legacykeys, F16",
    "vae-sd3, BF16",
    "vq-movq, F16",
    "clip-text-proj, BF16",
    "clip-vision, F16",
    "prior-karlo, BF16",
    "unclip-text-proj, F16",
    "t5-encoder-sharded, BF16",
    "dit, F16",
    "sd35-mmdit, BF16"
  })
  void outputs_areTheSame(String name, DType type) throws IOException {
    ComponentPack pack = ComponentPack.read(inPrecision(name, type));

    PackResult stored = pack.run(WeightPrecision.STORED);

    assertThat(stored.worstError()).isLessThan(type == DType.F16 ? 0.02 : 0.15);
    List<Comparison> widened = pack.run(WeightPrecision.FLOAT32).outputs();
    for (int i = 0; i < widened.size(); i++) {
      // TensorFlow may add up in another order from one graph to the next.
      assertThat(stored.outputs().get(i).error()).isCloseTo(widened.get(i).error(), within(1e-5));
    }
  }

  private Path inPrecision(String name, DType type) throws IOException {
    Path source = GoldenPack.folder(name);
    Path folder = Files.createDirectories(temp.resolve(type.name()).resolve(name));
    for (String file : List.of("config.json", "about.json", "golden.safetensors")) {
      Files.copy(source.resolve(file), folder.resolve(file));
    }
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    try (TensorSource weights = Checkpoints.open(source)) {
      for (String tensor : weights.names()) {
        if (weights.info(tensor).dtype().isFloat()) {
          tensors.put(
              tensor, new NamedTensor(type, weights.info(tensor).shape(), weights.floats(tensor)));
        }
      }
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
    return folder;
  }
}
