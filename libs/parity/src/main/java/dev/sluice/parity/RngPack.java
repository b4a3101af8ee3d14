package dev.sluice.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.parity.network.About;
import dev.sluice.parity.network.Comparison;
import dev.sluice.parity.network.PackResult;
import dev.sluice.parity.network.Reference;
import dev.sluice.parity.network.Tally;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * Random numbers of PyTorch's CPU generator. Each tensor is named by what was drawn: {@code
 * randn.seed42.3x7x5} from a fresh generator, {@code gen.seed42.call1.5} the second of several
 * draws from one, {@code list_of_generators.3x4x3x5} a batch with a generator for each sample. The
 * numbers are equal or wrong: the tolerance is 0.
 *
 * @param folder of the pack
 * @param seeds of the generators of a batch
 * @param names of the tensors
 */
record RngPack(Path folder, long[] seeds, List<String> names) implements Pack {

  private static final Pattern DRAW = Pattern.compile("(\\w+)\\.seed(\\d+)\\.(?:call(\\d+)\\.)?.*");
  private static final String BATCH = "list_of_generators";
  private static final double EXACT = 0;

  /** A draw, read from its name. */
  private record Draw(String tensor, String kind, long seed) {}

  static RngPack read(Path folder, JsonNode about) {
    long[] seeds =
        StreamSupport.stream(about.path("seeds").spliterator(), false)
            .mapToLong(JsonNode::asLong)
            .toArray();
    TreeSet<String> names = new TreeSet<>();
    about.get("tensors").fieldNames().forEachRemaining(names::add);
    if (names.isEmpty()) {
      throw new IllegalArgumentException(
          folder.resolve(About.FILE) + ": \"tensors\" lists no recorded draw");
    }
    return new RngPack(folder, seeds, List.copyOf(names));
  }

  @Override
  public PackResult run() {
    Tally tally = new Tally();
    try (TensorSource golden = SafetensorsFile.open(folder.resolve("golden.safetensors"))) {
      for (List<Draw> draws : byGenerator().values()) {
        TorchGenerator generator = new TorchGenerator(draws.get(0).seed());
        for (Draw draw : draws) {
          tally.add(draw.kind(), compare(draw, generator, golden));
        }
      }
      names.stream()
          .filter(name -> name.startsWith(BATCH))
          .forEach(name -> tally.add(BATCH, compareBatch(name, golden)));
    }
    return tally.result(Pack.name(folder));
  }

  /** The draws of each generator, in the order of the calls. */
  private Map<String, List<Draw>> byGenerator() {
    Map<String, TreeMap<Integer, Draw>> calls = new LinkedHashMap<>();
    for (String name : names) {
      if (name.startsWith(BATCH)) {
        continue;
      }
      Matcher parts = DRAW.matcher(name);
      if (!parts.matches()) {
        throw new IllegalArgumentException(
            "%s: no draw is known by the name %s; expected names such as randn.seed42.3x7x5"
                .formatted(folder.resolve(About.FILE), name));
      }
      boolean only = parts.group(3) == null;
      int call = only ? 0 : Integer.parseInt(parts.group(3));
      long seed = Long.parseUnsignedLong(parts.group(2));
      String generator = only ? name : parts.group(1) + "." + seed;
      calls
          .computeIfAbsent(generator, key -> new TreeMap<>())
          .put(call, new Draw(name, parts.group(1), seed));
    }
    Map<String, List<Draw>> draws = new LinkedHashMap<>();
    calls.forEach((generator, ordered) -> draws.put(generator, List.copyOf(ordered.values())));
    return draws;
  }

  private static Comparison compare(Draw draw, TorchGenerator generator, TensorSource golden) {
    if (draw.kind().equals("random_u31")) {
      return compareIntegers(draw, generator, golden.longs(draw.tensor()));
    }
    Reference expected = Reference.of(golden, draw.tensor());
    int count = expected.values().length;
    return switch (draw.kind()) {
      case "randn", "gen", "latents" -> expected.compare(generator.randn(count), EXACT);
      case "rand" -> expected.compare(generator.rand(count), EXACT);
      case "randn64" -> {
        // Recorded in single precision.
        float[] rounded = new float[count];
        double[] drawn = generator.randnDouble(count);
        for (int i = 0; i < count; i++) {
          rounded[i] = (float) drawn[i];
        }
        yield expected.compare(rounded, EXACT);
      }
      default -> expected.failure(EXACT, "no draw is known by the name " + draw.kind());
    };
  }

  private static Comparison compareIntegers(Draw draw, TorchGenerator generator, long[] expected) {
    long[] drawn = new long[expected.length];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = generator.nextInt31();
    }
    int difference = Arrays.mismatch(drawn, expected);
    return difference < 0
        ? new Comparison(draw.tensor(), 0, EXACT, "")
        : new Comparison(
            draw.tensor(),
            Double.POSITIVE_INFINITY,
            EXACT,
            "%d at index %d, the reference has %d"
                .formatted(drawn[difference], difference, expected[difference]));
  }

  private Comparison compareBatch(String name, TensorSource golden) {
    Reference expected = Reference.of(golden, name);
    int samples = expected.length();
    if (samples > seeds.length) {
      return expected.failure(
          EXACT, "%d samples, but %d seeds are given".formatted(samples, seeds.length));
    }
    int size = expected.values().length / samples;
    float[] drawn = new float[samples * size];
    for (int i = 0; i < samples; i++) {
      System.arraycopy(new TorchGenerator(seeds[i]).randn(size), 0, drawn, i * size, size);
    }
    return expected.compare(drawn, EXACT);
  }
}
