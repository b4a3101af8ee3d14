package dev.sluice.networks.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.loading.LoadProgress;
import dev.sluice.catalog.loading.Precision;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Layout;
import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.tensor.NativeMemory;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.SafetensorsWriter;
import dev.sluice.safetensors.TensorSource;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

class WeightLoaderTest {

  @TempDir Path folder;

  /** Channels and pixels that are no multiples of what is turned at once. */
  @ParameterizedTest
  @CsvSource({"70, 37, 3", "3, 200, 1", "130, 5, 3", "64, 1, 16"})
  void filters_areTurnedFromOutputChannelsFirstToLast(int out, int in, int kernel) {
    int area = kernel * kernel;
    float[] values = new float[out * in * area];
    for (int i = 0; i < values.length; i++) {
      // Few enough to be whole numbers in bfloat16.
      values[i] = i % 251;
    }
    long[] shape = {out, in, kernel, kernel};
    Parameter parameter =
        new Parameter(
            "conv.weight", shape, Layout.CONVOLUTION, Precision.FLOAT32, FirstValue.FAN_IN);
    Path file = folder.resolve("model.safetensors");
    SafetensorsWriter.write(
        file, Map.of("conv.weight", new NamedTensor(DType.BF16, shape, values)), Map.of());

    try (TensorSource source = SafetensorsFile.open(file);
        TFloat32 wide = Tensor.of(TFloat32.class, Shape.of(parameter.graphShape()));
        TBfloat16 stored = Tensor.of(TBfloat16.class, Shape.of(parameter.graphShape()))) {
      load(source, parameter, NativeMemory.of(wide), DType.F32);
      load(source, parameter, NativeMemory.of(stored), DType.BF16);

      ByteBuffer floats = NativeMemory.of(wide).window(0, 4 * values.length);
      ByteBuffer halves = NativeMemory.of(stored).window(0, 2 * values.length);
      for (int a = 0; a < area; a++) {
        for (int i = 0; i < in; i++) {
          for (int o = 0; o < out; o++) {
            int place = (a * in + i) * out + o;
            float expected = values[(o * in + i) * area + a];
            assertThat(floats.getFloat(4 * place)).isEqualTo(expected);
            assertThat(Float.intBitsToFloat(halves.getShort(2 * place) << 16)).isEqualTo(expected);
          }
        }
      }
    }
  }

  private static void load(
      TensorSource source, Parameter parameter, NativeMemory target, DType type) {
    WeightLoader loader = new WeightLoader("unet", source, LoadProgress.NONE);
    loader.add(parameter, parameter.name(), target, type);
    loader.run();
  }
}
