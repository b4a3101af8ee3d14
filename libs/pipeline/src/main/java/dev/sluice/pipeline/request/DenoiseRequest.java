package dev.sluice.pipeline.request;

import static dev.sluice.pipeline.request.TensorNames.END_NOISE;
import static dev.sluice.pipeline.request.TensorNames.NOISE;

import dev.sluice.diffusion.math.Slerp;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * What a denoiser is asked for.
 *
 * @param inputs for each picture, what it is conditioned on or starts from, by {@link TensorNames},
 *     each tensor of one row; several pictures share one generator, as a batch does in diffusers
 * @param height of the pictures in pixels; 0 for the model's own, or that of a picture given
 * @param width as {@code height}
 * @param span the part of the schedule to run
 * @param endNoise where the pictures lie on a way from noise to noise
 */
public record DenoiseRequest(
    List<Map<String, HostTensor>> inputs,
    Sampling sampling,
    int height,
    int width,
    Span span,
    Optional<EndNoise> endNoise) {

  /**
   * A way from the noise that the pictures would have begun with to other noise.
   *
   * @param share how far they are, 0 to 1, on the arc between
   * @param seed of the noise at the end; empty if that is among the inputs
   */
  public record EndNoise(double share, OptionalLong seed) {

    float[] blended(float[] begin, float[] end) {
      return Slerp.between(begin, end, share);
    }
  }

  /**
   * Which part of a schedule is run.
   *
   * @param strength of image to image, 0 to 1: the share of the steps, at the end, that a given
   *     picture goes through
   * @param start the share of the noise schedule that another model has been through already, 0 to
   *     1, exclusive; goes before {@code strength}
   * @param end the share after which another model takes over, 0 to 1, exclusive
   */
  public record Span(double strength, OptionalDouble start, OptionalDouble end) {

    /** All of it. */
    public static final Span ALL = new Span(1, OptionalDouble.empty(), OptionalDouble.empty());

    public Span {
      requireShare("strength", strength);
      start.ifPresent(share -> requireShare("denoising_start", share));
      end.ifPresent(share -> requireShare("denoising_end", share));
    }

    private static void requireShare(String name, double share) {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException(name + " is " + share + "; expected 0 to 1");
      }
    }
  }

  /** Pictures that lie on no way. */
  public DenoiseRequest(
      List<Map<String, HostTensor>> inputs, Sampling sampling, int height, int width, Span span) {
    this(inputs, sampling, height, width, span, Optional.empty());
  }

  public DenoiseRequest {
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("no picture is asked for");
    }
    if (height < 0 || width < 0) {
      throw new IllegalArgumentException(
          "the size is %d x %d pixels; expected positive numbers".formatted(width, height));
    }
  }

  /** One picture of the model's own size. */
  public static DenoiseRequest of(Map<String, HostTensor> inputs, Sampling sampling) {
    return new DenoiseRequest(List.of(inputs), sampling, 0, 0, Span.ALL);
  }

  /** How many pictures. */
  public int pictures() {
    return inputs.size();
  }

  /**
   * A tensor of one picture.
   *
   * @throws IllegalArgumentException if it is not among the inputs
   */
  public HostTensor input(int picture, String name) {
    HostTensor tensor = inputs.get(picture).get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "the tensor %s is missing; given: %s".formatted(name, inputs.get(picture).keySet()));
    }
    return tensor;
  }

  /** The same tensor of all pictures as one batch. */
  public HostTensor.Floats batch(String name) {
    return Tensors.batch(
        IntStream.range(0, pictures())
            .mapToObj(picture -> (HostTensor.Floats) input(picture, name))
            .toList());
  }

  /**
   * The tensors of that name as one batch, each that several pictures have in common once:
   * diffusers draws random numbers once for a picture that several are made from.
   */
  public HostTensor.Floats distinct(String name) {
    return Tensors.batch(List.copyOf(positions(name).keySet()));
  }

  /** The rows of {@code distinct(name)}, or what was made of them, for every picture. */
  public HostTensor.Floats spread(String name, HostTensor.Floats rows) {
    Map<HostTensor.Floats, Integer> positions = positions(name);
    return Tensors.batch(
        IntStream.range(0, pictures())
            .mapToObj(picture -> rows.row(positions.get((HostTensor.Floats) input(picture, name))))
            .toList());
  }

  private Map<HostTensor.Floats, Integer> positions(String name) {
    // Records of arrays are equal if they share their arrays.
    Map<HostTensor.Floats, Integer> positions = new LinkedHashMap<>();
    for (int picture = 0; picture < pictures(); picture++) {
      positions.putIfAbsent((HostTensor.Floats) input(picture, name), positions.size());
    }
    return positions;
  }

  /**
   * Where the pictures' first noise comes from: from among the inputs or, without, from the
   * generator; and if there is an end of the way, from so far on the arc there.
   */
  public NoiseSource noise(TorchGenerator generator) {
    return count -> {
      float[] begin = has(NOISE) ? given(NOISE, count) : generator.randn(count);
      return endNoise.isEmpty() ? begin : endNoise.get().blended(begin, end(count));
    };
  }

  private float[] end(int count) {
    return endNoise.get().seed().isPresent()
        ? new TorchGenerator(endNoise.get().seed().getAsLong()).randn(count)
        : given(END_NOISE, count);
  }

  private float[] given(String name, int count) {
    float[] values = batch(name).values();
    if (values.length != count) {
      throw new IllegalArgumentException(
          "%s has %d values; the sample has %d".formatted(name, values.length, count));
    }
    return values;
  }

  public boolean has(String name) {
    return inputs.get(0).containsKey(name);
  }
}
