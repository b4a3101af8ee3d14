package dev.sluice.parity;

import dev.sluice.diffusion.math.Quantile;
import dev.sluice.diffusion.math.Resampling;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.SinusoidalPositions;
import dev.sluice.parity.network.Reference;
import dev.sluice.pipeline.tensor.Pictures;
import dev.sluice.safetensors.TensorSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recorded operations on plain arrays: those of samplers and of what goes on between networks. */
final class ArrayOps {

  private static final Pattern RESIZING =
      Pattern.compile("out\\.interp\\.([a-z]+)(?:\\.align([01])\\.aa([01]))?\\.\\w+");
  private static final Pattern QUANTILE = Pattern.compile("out\\.quantile\\.(.+)");
  private static final Pattern POSITIONS =
      Pattern.compile(
          "out\\.sincos2d\\.dim(\\d+)\\.(?:(\\d+)|\\((\\d+), *(\\d+)\\))\\.(\\d+)\\.([\\d.]+)");
  private static final Pattern PADDING = Pattern.compile("out\\.pad(\\d)(\\d)(\\d)(\\d)");

  /** Timesteps in [0, 1], whose angles are multiplied by what follows: no network here has them. */
  static final String SCALED_SINUSOIDS = "out.temb.scale";

  private ArrayOps() {}

  /** The result of the operation that {@code expected} is named for; empty if none is known. */
  static Optional<HostTensor.Floats> apply(Reference expected, TensorSource golden) {
    String name = expected.name();
    Matcher resizing = RESIZING.matcher(name);
    if (resizing.matches()) {
      return Optional.of(resize(resizing, expected, Reference.of(golden, "in.interp")));
    }
    Matcher padding = PADDING.matcher(name);
    if (padding.matches()) {
      return Optional.of(pad(padding, Reference.of(golden, "in.interp")));
    }
    Matcher quantile = QUANTILE.matcher(name);
    if (quantile.matches()) {
      float q = Float.parseFloat(quantile.group(1));
      return Optional.of(quantiles(Reference.of(golden, "in.quantile"), q));
    }
    Matcher positions = POSITIONS.matcher(name);
    if (positions.matches()) {
      return Optional.of(positions(positions));
    }
    if (name.startsWith(SCALED_SINUSOIDS)) {
      float scale = Float.parseFloat(name.substring(SCALED_SINUSOIDS.length()));
      int size = expected.shape()[1];
      return Optional.of(scaledSinusoids(Reference.of(golden, "in.timesteps"), size, scale));
    }
    return name.equals("out.to_uint8")
        ? Optional.of(bytes(Reference.of(golden, "in.to_uint8")))
        : Optional.empty();
  }

  private static HostTensor.Floats resize(Matcher name, Reference expected, Reference image) {
    String method = name.group(1);
    if ("1".equals(name.group(3))) {
      method += "_antialias";
    } else if ("1".equals(name.group(2))) {
      method += "_align_corners";
    }
    int[] from = image.shape();
    int[] to = expected.shape();
    float[] resized =
        Resampling.valueOf(method.toUpperCase(Locale.ROOT))
            .resize(image.values(), from[0] * from[1], from[2], from[3], to[2], to[3]);
    return new HostTensor.Floats(resized, from[0], from[1], to[2], to[3]);
  }

  /** PyTorch's order: left, right, top, bottom. */
  private static HostTensor.Floats pad(Matcher name, Reference image) {
    int left = Integer.parseInt(name.group(1));
    int top = Integer.parseInt(name.group(3));
    int[] shape = image.shape();
    int height = shape[2] + top + Integer.parseInt(name.group(4));
    int width = shape[3] + left + Integer.parseInt(name.group(2));
    float[] padded = new float[shape[0] * shape[1] * height * width];
    for (int row = 0; row < shape[0] * shape[1] * shape[2]; row++) {
      int channel = row / shape[2];
      int y = row % shape[2] + top;
      System.arraycopy(
          image.values(), row * shape[3], padded, (channel * height + y) * width + left, shape[3]);
    }
    return new HostTensor.Floats(padded, shape[0], shape[1], height, width);
  }

  /** Of every row. */
  private static HostTensor.Floats quantiles(Reference rows, float q) {
    int length = rows.shape()[1];
    float[] quantiles = new float[rows.length()];
    for (int i = 0; i < quantiles.length; i++) {
      quantiles[i] =
          Quantile.of(Arrays.copyOfRange(rows.values(), i * length, (i + 1) * length), q);
    }
    return new HostTensor.Floats(quantiles, quantiles.length);
  }

  private static HostTensor.Floats positions(Matcher name) {
    int width = Integer.parseInt(name.group(1));
    boolean square = name.group(2) != null;
    int rows = Integer.parseInt(name.group(square ? 2 : 3));
    int columns = Integer.parseInt(name.group(square ? 2 : 4));
    int base = Integer.parseInt(name.group(5));
    double scale = Double.parseDouble(name.group(6));
    return new HostTensor.Floats(
        SinusoidalPositions.of(rows, columns, width, base, scale), rows * columns, width);
  }

  /** Cosines, then sines. */
  private static HostTensor.Floats scaledSinusoids(Reference timesteps, int size, float scale) {
    int half = size / 2;
    float[] values = new float[timesteps.length() * size];
    for (int row = 0; row < timesteps.length(); row++) {
      float timestep = timesteps.values()[row] / scale;
      for (int i = 0; i < half; i++) {
        float frequency = (float) Math.exp((float) -Math.log(10000) * i / half);
        float angle = timestep * frequency * scale;
        values[row * size + i] = (float) Math.cos(angle);
        values[row * size + half + i] = (float) Math.sin(angle);
      }
    }
    return new HostTensor.Floats(values, timesteps.length(), size);
  }

  /** {@code [batch, channels, height, width]} to {@code [batch, height, width, channels]}. */
  private static HostTensor.Floats bytes(Reference picture) {
    HostTensor.Floats last = Images.channelsLast(picture.tensor());
    float[] bytes = new float[last.values().length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = Pictures.toByte(last.values()[i]);
    }
    return new HostTensor.Floats(bytes, last.shape());
  }
}
