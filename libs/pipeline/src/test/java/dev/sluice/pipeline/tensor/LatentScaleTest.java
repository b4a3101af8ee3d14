package dev.sluice.pipeline.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LatentScaleTest {

  private static final HostTensor.Floats LATENTS =
      new HostTensor.Floats(new float[] {1, 2, 3, 4}, 1, 2, 1, 2);

  private static float[] scaled(Map<String, ?> config) {
    LatentScale scale = LatentScale.of(Config.of(config));
    HostTensor.Floats scaled = scale.toDenoiser(LATENTS);
    assertThat(scale.toAutoencoder(scaled).values()).containsExactly(LATENTS.values());
    return scaled.values();
  }

  @Test
  void toDenoiser_shiftsAndScales() {
    assertThat(scaled(Map.of("scaling_factor", 0.5, "shift_factor", 1.0)))
        .containsExactly(0, 0.5f, 1, 1.5f);
  }

  @Test
  void toDenoiser_normalisesEachChannelWhereTheConfigSaysHow() {
    assertThat(
            scaled(
                Map.of(
                    "scaling_factor",
                    1.0,
                    "latents_mean",
                    List.of(1.0, 3.0),
                    "latents_std",
                    List.of(0.5, 2.0))))
        .containsExactly(0, 2, 0, 0.5f);
  }
}
