package dev.sluice.parity.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.catalog.Config;
import dev.sluice.catalog.loading.LoadOptions;
import dev.sluice.catalog.loading.Precision;
import dev.sluice.catalog.loading.WeightPrecision;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.TensorInfo;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A recorded component: a folder with {@code config.json}, weights, {@code golden.safetensors}
 * (inputs {@code in.*}, outputs {@code out.*}, intermediates {@code mid.<module path>}, with the
 * call's id before the path where there are several calls) and {@code about.json}, whose {@code
 * calls} say which tensors went into which method.
 */
public final class ComponentPack {

  private static final double DEFAULT_TOLERANCE = 5e-5;

  /** Of {@code max|x - reference| / max|reference|}, in bfloat16. */
  private static final double BFLOAT16_TOLERANCE = 0.06;

  private static final String INTERMEDIATE = "mid.";

  private final Path folder;
  private final String className;
  private final double tolerance;
  private final List<ReferenceCall> calls;

  private ComponentPack(
      Path folder, String className, double tolerance, List<ReferenceCall> calls) {
    this.folder = folder;
    this.className = className;
    this.tolerance = tolerance;
    this.calls = calls;
  }

  /**
   * Reads a pack's description.
   *
   * @throws IllegalArgumentException when it is not a component pack
   */
  public static ComponentPack read(Path folder) {
    JsonNode about = About.read(folder);
    List<ReferenceCall> calls = new ArrayList<>();
    about.path("calls").forEach(call -> calls.add(ReferenceCall.of(call)));
    if (calls.isEmpty()) {
      throw new IllegalArgumentException(
          folder.resolve(About.FILE) + ": \"calls\" lists no recorded call");
    }
    String className =
        about.hasNonNull("class")
            ? about.get("class").asText()
            : Config.read(folder.resolve("config.json")).networkClass();
    double tolerance = about.path("suggested_rel_tolerance").asDouble(DEFAULT_TOLERANCE);
    return new ComponentPack(folder, className, tolerance, List.copyOf(calls));
  }

  /** The folder's name. */
  public String name() {
    return folder.toAbsolutePath().normalize().getFileName().toString();
  }

  /** The reference's class. */
  public String className() {
    return className;
  }

  /** Runs every call and compares every output; on a failure, the intermediates too. */
  public PackResult run() {
    return run(WeightPrecision.FLOAT32);
  }

  /** {@link #run()} with the weights kept in a precision. */
  public PackResult run(WeightPrecision precision) {
    return run(LoadOptions.DEFAULT.withPrecision(precision), tolerance);
  }

  /**
   * {@link #run()} of a network that multiplies in {@code products}. Other precisions than float32
   * have a tolerance of their own: with random weights, as recordings have them, roundings of 8
   * bits add up to some hundredths of the largest value.
   */
  public PackResult run(Precision products) {
    return run(
        LoadOptions.DEFAULT.withProducts(products),
        products == Precision.FLOAT32 ? tolerance : BFLOAT16_TOLERANCE);
  }

  private PackResult run(LoadOptions options, double tolerance) {
    Config config = Config.read(folder.resolve("config.json"));
    List<Comparison> outputs = new ArrayList<>();
    Comparison firstDeviation = null;
    try (TensorSource golden = SafetensorsFile.open(folder.resolve("golden.safetensors"));
        TensorSource weights = Checkpoints.open(folder);
        Network network =
            Network.load(name(), Architectures.of(className, config), weights, options)) {
      for (ReferenceCall call : calls) {
        Map<String, HostTensor> inputs = inputs(golden, call);
        List<Comparison> results = compare(golden, call, network.run(inputs), tolerance);
        outputs.addAll(results);
        if (firstDeviation == null && !results.stream().allMatch(Comparison::passes)) {
          firstDeviation = firstDeviation(golden, call, network, inputs, tolerance);
        }
      }
    }
    return new PackResult(name(), outputs, firstDeviation);
  }

  private List<Comparison> compare(
      TensorSource golden,
      ReferenceCall call,
      Map<String, HostTensor.Floats> results,
      double tolerance) {
    List<Comparison> comparisons = new ArrayList<>();
    call.outputs()
        .forEach(
            (tensor, place) -> {
              Reference reference = Reference.of(golden, tensor);
              String output = Dialect.of(className).output(call, tensor, place);
              HostTensor.Floats actual = results.get(output);
              comparisons.add(
                  actual == null
                      ? reference.failure(
                          tolerance, "no output " + output + " among " + results.keySet())
                      : reference.compare(actual, tolerance));
            });
    return comparisons;
  }

  private Comparison firstDeviation(
      TensorSource golden,
      ReferenceCall call,
      Network network,
      Map<String, HostTensor> inputs,
      double tolerance) {
    String prefix = call.id().isEmpty() ? INTERMEDIATE : INTERMEDIATE + call.id() + ".";
    Set<String> paths = new LinkedHashSet<>();
    for (String name : golden.names()) {
      if (name.startsWith(prefix)) {
        paths.add(name.substring(prefix.length()));
      }
    }
    for (Map.Entry<String, HostTensor.Floats> tap : network.runTaps(inputs, paths).entrySet()) {
      Reference reference = Reference.of(golden, prefix + tap.getKey());
      // Some modules give the same values in another layout; those say nothing.
      if (reference.hasShape(tap.getValue())) {
        Comparison comparison = reference.compare(tap.getValue(), tolerance);
        if (!comparison.passes()) {
          return comparison;
        }
      }
    }
    return null;
  }

  private Map<String, HostTensor> inputs(TensorSource golden, ReferenceCall call) {
    int rows = 1;
    for (String tensor : call.tensors().values()) {
      int[] shape = Reference.shape(golden.info(tensor));
      rows = Math.max(rows, shape.length == 0 ? 1 : shape[0]);
    }
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    for (Map.Entry<String, String> argument : call.tensors().entrySet()) {
      inputs.put(
          Dialect.of(className).input(call, argument.getKey()),
          input(golden, argument.getValue(), rows));
    }
    return inputs;
  }

  /** A scalar is given to every row. */
  private static HostTensor input(TensorSource golden, String name, int rows) {
    TensorInfo info = golden.info(name);
    boolean scalar = info.shape().length == 0;
    int[] shape = scalar ? new int[] {rows} : Reference.shape(info);
    if (info.dtype().isFloat()) {
      float[] values = golden.floats(name);
      return new HostTensor.Floats(scalar ? repeat(values[0], rows) : values, shape);
    }
    long[] values = golden.longs(name);
    if (scalar) {
      long[] repeated = new long[rows];
      Arrays.fill(repeated, values[0]);
      values = repeated;
    }
    return new HostTensor.Longs(values, shape);
  }

  private static float[] repeat(float value, int count) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }
}
