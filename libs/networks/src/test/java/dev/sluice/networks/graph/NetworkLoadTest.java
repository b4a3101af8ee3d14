package dev.sluice.networks.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.loading.LoadOptions;
import dev.sluice.catalog.loading.LoadProgress;
import dev.sluice.catalog.loading.Precision;
import dev.sluice.catalog.loading.WeightPrecision;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.Goldens;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.CheckpointNames;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Layers;
import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.NonFiniteOutputException;
import dev.sluice.networks.weights.CheckpointMatch;
import dev.sluice.networks.weights.CheckpointMismatchException;
import dev.sluice.networks.weights.DeclaredWeights;
import dev.sluice.networks.weights.NetworkWeights;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.SafetensorsWriter;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.safetensors.UnusableWeightsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** How a network comes by its weights, and how it keeps them and its graphs. */
class NetworkLoadTest {

  private static final String PACK = "unet-sd15";

  @TempDir Path folder;

  private static Architecture architecture() {
    return Architectures.of(Config.read(Goldens.folder(PACK).resolve("config.json")));
  }

  /** The pack's weights in another type, one tensor changed. */
  private Path rewritten(DType type, UnaryOperator<Map<String, NamedTensor>> change) {
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    try (TensorSource source = Checkpoints.open(Goldens.folder(PACK))) {
      for (String name : source.names()) {
        tensors.put(
            name, new NamedTensor(type, source.info(name).shape(), source.floats(name).clone()));
      }
    }
    Path file = folder.resolve("diffusion_pytorch_model.safetensors");
    SafetensorsWriter.write(file, change.apply(tensors), Map.of());
    return file;
  }

  private static Network load(Path file, LoadOptions options) {
    try (TensorSource source = SafetensorsFile.open(file)) {
      return Network.load("sd15/unet", architecture(), source, options);
    }
  }

  private static Map<String, HostTensor> inputs(int rows, int height, int width) {
    return Map.of(
        "sample", noise(1, rows, 4, height, width),
        "timestep", noise(2, rows),
        "encoder_hidden_states", noise(3, rows, 5, 24));
  }

  private static HostTensor.Floats noise(int seed, int... shape) {
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

  @ParameterizedTest
  @ValueSource(strings = {"F16", "BF16"})
  void storedWeights_takeHalfTheMemory_andGiveTheSame(String type) {
    Path file = rewritten(DType.valueOf(type), tensors -> tensors);
    try (Network single = load(file, LoadOptions.DEFAULT);
        Network stored = load(file, LoadOptions.DEFAULT.withPrecision(WeightPrecision.STORED))) {

      assertThat(stored.parameterCount()).isEqualTo(single.parameterCount());
      assertThat(single.weightBytes()).isEqualTo(4 * single.parameterCount());
      assertThat(stored.weightBytes()).isLessThan((long) (2.1 * stored.parameterCount()));
      assertThat(stored.run(inputs(2, 16, 16)).get("sample").values())
          .containsExactly(single.run(inputs(2, 16, 16)).get("sample").values(), within(1e-5f));
    }
  }

  @Test
  void load_refusesQuantizedWeights() throws IOException {
    Path file = rewritten(DType.F16, tensors -> tensors);
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("\"F16\"", text.indexOf("\"conv_in.weight\""));
    bytes[at + 1] = 'I';
    Files.write(file, bytes);

    try (TensorSource source = Checkpoints.open(file)) {
      assertThatExceptionOfType(CheckpointMismatchException.class)
          .isThrownBy(() -> Network.check(architecture(), source))
          .withMessageContaining("tensor conv_in.weight has whole numbers (I16)");
    }
  }

  @Test
  void weightsOfSinglePrecision_stayThat() {
    Path file = rewritten(DType.F32, tensors -> tensors);
    try (Network stored = load(file, LoadOptions.DEFAULT.withPrecision(WeightPrecision.STORED))) {
      assertThat(stored.weightBytes()).isEqualTo(4 * stored.parameterCount());
    }
  }

  @Test
  void smallNetworks_areSinglePrecision_unlessToldOtherwise() {
    Path file = rewritten(DType.F16, tensors -> tensors);
    try (Network network = load(file, LoadOptions.DEFAULT.withPrecision(WeightPrecision.BY_SIZE))) {
      assertThat(network.weightBytes()).isEqualTo(4 * network.parameterCount());
    }
    assertThat(WeightPrecision.BY_SIZE.keepsStored(WeightPrecision.LARGE)).isTrue();
  }

  /** Where nothing is fed that must be waited for, everything would be widened at once. */
  @Test
  void storedWeights_areWidenedOneLayerAfterTheOther() {
    Path file = rewritten(DType.F16, tensors -> tensors);
    try (TensorSource source = SafetensorsFile.open(file)) {
      List<Parameter> parameters = DeclaredWeights.of(architecture(), Precision.FLOAT32);
      CheckpointMatch match = CheckpointMatch.of(parameters, source, CheckpointNames.EXACT);
      try (NetworkWeights weights =
              NetworkWeights.load(
                  "sd15/unet",
                  parameters,
                  source,
                  match,
                  LoadOptions.DEFAULT.withPrecision(WeightPrecision.STORED));
          NetworkGraph graph =
              new NetworkGraph(architecture(), weights, Precision.FLOAT32, inputs(1, 8, 8))) {
        assertThat(graph.wideningOps()).hasSizeGreaterThan(100);
        assertThat(graph.wideningOps().stream().filter(op -> op.numControlInputs() == 0))
            .hasSizeLessThan(2);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "F16, conv_in.weight, NaN",
    "BF16, time_embedding.linear_1.weight, Infinity",
    "F32, conv_out.bias, -Infinity"
  })
  void weightsThatAreNotFinite_areRefusedByName(DType type, String name, float bad) {
    Path file =
        rewritten(
            type,
            tensors -> {
              float[] values = tensors.get(name).values();
              values[values.length - 1] = bad;
              return tensors;
            });

    assertThatExceptionOfType(UnusableWeightsException.class)
        .isThrownBy(() -> load(file, LoadOptions.DEFAULT).close())
        .withMessageContaining("diffusion_pytorch_model.safetensors: tensor " + name)
        .withMessageContaining("NaN or infinity")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(folder.toString()));
  }

  @Test
  void tensorsThatNoLayerUses_arePassedOver() {
    Path file =
        rewritten(
            DType.F32,
            tensors -> {
              tensors.put("logit_scale", new NamedTensor(DType.F32, new long[0], new float[] {4}));
              // What is not read may be anything.
              tensors.put(
                  "causal_mask", new NamedTensor(DType.F32, new long[] {1}, new float[] {-1 / 0f}));
              return tensors;
            });
    try (TensorSource source = SafetensorsFile.open(file)) {
      assertThat(Network.check(architecture(), source))
          .containsExactly("causal_mask", "logit_scale");
    }
    load(file, LoadOptions.DEFAULT).close();
  }

  @Test
  void check_findsWhatIsMissingOrOfAnotherShape_withoutReading() throws IOException {
    Path file =
        rewritten(
            DType.F32,
            tensors -> {
              tensors.remove("conv_in.bias");
              tensors.put("surplus", new NamedTensor(DType.F32, new long[] {1}, new float[1]));
              return tensors;
            });
    assertThatExceptionOfType(CheckpointMismatchException.class)
        .isThrownBy(() -> load(file, LoadOptions.DEFAULT).close())
        .withMessageContaining("1 tensor(s) missing: conv_in.bias [")
        .withMessageContaining("not used by it: surplus");

    Path other =
        rewritten(
            DType.F32,
            tensors -> {
              tensors.put("conv_in.bias", new NamedTensor(DType.F32, new long[] {3}, new float[3]));
              return tensors;
            });
    assertThatExceptionOfType(CheckpointMismatchException.class)
        .isThrownBy(
            () -> {
              try (TensorSource source = SafetensorsFile.open(other)) {
                // Cut short behind its back: whoever read a value would fail by that.
                Files.write(other, new byte[0]);
                Network.check(architecture(), source);
              }
            })
        .withMessageContaining("tensor conv_in.bias has shape [3], the config asks for [");
  }

  @Test
  void progress_risesToAllBytes() {
    Path file = rewritten(DType.F16, tensors -> tensors);
    List<Long> told = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    LoadProgress progress =
        (network, bytes, total) -> {
          assertThat(network).isEqualTo("sd15/unet");
          told.add(bytes);
          totals.add(total);
        };

    try (Network network = load(file, LoadOptions.DEFAULT.withProgress(progress))) {
      assertThat(told).isSorted().last().isEqualTo(2 * network.parameterCount());
      assertThat(totals).containsOnly(2 * network.parameterCount());
    }
  }

  @Test
  void graphs_areBounded_andOnesThatCameBackGiveTheSame() {
    Path file = rewritten(DType.F32, tensors -> tensors);
    try (Network network = load(file, LoadOptions.DEFAULT.withGraphs(3))) {
      float[] first = network.run(inputs(1, 8, 8)).get("sample").values();
      for (int width = 8; width <= 40; width += 8) {
        network.run(inputs(1, 8, width));
        assertThat(network.graphCount()).isBetween(1, 3);
      }
      assertThat(network.run(inputs(1, 8, 8)).get("sample").values())
          .containsExactly(first, within(1e-5f));
    }
  }

  /** A graph that makes room while it runs is closed by who runs it. */
  @Test
  void graphs_inUse_outliveTheirPlace() {
    Path file = rewritten(DType.F32, tensors -> tensors);
    try (Network network = load(file, LoadOptions.DEFAULT.withGraphs(1))) {
      try (NetworkCall call = network.call(inputs(1, 8, 8))) {
        network.run(inputs(1, 8, 16));
        call.run();
        assertThat(call.outputs().get("sample").shape()).containsExactly(1, 4, 8, 8);
      }
      assertThat(network.graphCount()).isEqualTo(1);
    }
  }

  @Test
  void inputsThatDoNotFit_leaveNoGraphBehind() {
    Path file = rewritten(DType.F32, tensors -> tensors);
    try (Network network = load(file, LoadOptions.DEFAULT)) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> network.run(Map.of("sample", noise(1, 1, 4, 8, 8))));
      assertThat(network.graphCount()).isZero();
    }
  }

  /** One weight of 16 MB and nothing else. */
  private record OneMatrix(int side) implements Architecture {
    @Override
    public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
      return Map.of(
          "y", Layers.linear(root.in("l"), inputs.vectors(root.tf(), "x", side), side, false));
    }

    @Override
    public Map<String, HostTensor> exampleInputs() {
      return Map.of("x", new HostTensor.Floats(new float[side], 1, side));
    }
  }

  /** Finite weights can lead beyond what float32 holds. */
  @Test
  void runChecked_refusesOutputsThatAreNotFinite_andSaysWhoseFaultItIs() {
    try (Network network =
        Network.initialize(new OneMatrix(2), parameter -> new float[] {3e38f, 3e38f, 1, 1})) {
      assertThat(network.runChecked(Map.of("x", new HostTensor.Floats(new float[] {0, 1}, 1, 2))))
          .containsKey("y");
      assertThatExceptionOfType(NonFiniteOutputException.class)
          .isThrownBy(
              () ->
                  network.runChecked(Map.of("x", new HostTensor.Floats(new float[] {2, 2}, 1, 2))))
          .withMessageStartingWith("OneMatrix gave NaN or infinity in y");
      assertThatExceptionOfType(NonFiniteOutputException.class)
          .isThrownBy(
              () ->
                  network.runChecked(
                      Map.of("x", new HostTensor.Floats(new float[] {Float.NaN, 2}, 1, 2))))
          .withMessageStartingWith("sampling with OneMatrix led to NaN or infinity in x");
    }
  }

  @Test
  void loadsThatFail_andNetworksThatClose_giveTheirMemoryBack() throws IOException {
    int side = 2048;
    float[] values = new float[side * side];
    values[values.length - 1] = Float.NaN;
    Path bad = matrix("bad.safetensors", side, values);
    Path good = matrix("good.safetensors", side, new float[side * side]);
    long before = 0;
    for (int i = 0; i < 40; i++) {
      assertThatExceptionOfType(UnusableWeightsException.class)
          .isThrownBy(() -> loadMatrix(side, bad));
      try (Network network = loadMatrix(side, good)) {
        network.run(network.architecture().exampleInputs());
      }
      if (i == 5) {
        before = resident();
      }
    }

    assertThat(resident() - before).isLessThan(200L << 20);
  }

  private Path matrix(String name, int side, float[] values) {
    Path file = folder.resolve(name);
    SafetensorsWriter.write(
        file,
        Map.of("l.weight", new NamedTensor(DType.F32, new long[] {side, side}, values)),
        Map.of());
    return file;
  }

  private static Network loadMatrix(int side, Path file) {
    try (TensorSource source = SafetensorsFile.open(file)) {
      return Network.load(new OneMatrix(side), source);
    }
  }

  private static long resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
        .findFirst()
        .orElseThrow();
  }
}
