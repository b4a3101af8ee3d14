package dev.sluice.pipeline.tensor;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import java.util.List;

/**
 * Between an autoencoder's latents and a denoiser's, which are meant to have unit variance: {@code
 * (z - shift) * factor}, or with a mean and a deviation for each channel {@code (z - mean) * factor
 * / std}.
 */
public record LatentScale(
    double factor, double shift, List<Double> means, List<Double> deviations) {

  public static LatentScale of(Config autoencoder) {
    return new LatentScale(
        autoencoder.number("scaling_factor", 0.18215),
        autoencoder.number("shift_factor", 0),
        autoencoder.numbers("latents_mean", List.of()),
        autoencoder.numbers("latents_std", List.of()));
  }

  public HostTensor.Floats toDenoiser(HostTensor.Floats latents) {
    float[] values = new float[latents.values().length];
    for (int i = 0; i < values.length; i++) {
      int channel = channel(i, latents.shape());
      values[i] =
          (float) ((latents.values()[i] - shift - mean(channel)) * factor / deviation(channel));
    }
    return new HostTensor.Floats(values, latents.shape());
  }

  public HostTensor.Floats toAutoencoder(HostTensor.Floats latents) {
    float[] values = new float[latents.values().length];
    for (int i = 0; i < values.length; i++) {
      int channel = channel(i, latents.shape());
      values[i] =
          (float) (latents.values()[i] * deviation(channel) / factor + shift + mean(channel));
    }
    return new HostTensor.Floats(values, latents.shape());
  }

  private static int channel(int index, int[] shape) {
    return index / (shape[2] * shape[3]) % shape[1];
  }

  private double mean(int channel) {
    return means.isEmpty() || deviations.isEmpty() ? 0 : means.get(channel);
  }

  private double deviation(int channel) {
    return means.isEmpty() || deviations.isEmpty() ? 1 : deviations.get(channel);
  }
}
