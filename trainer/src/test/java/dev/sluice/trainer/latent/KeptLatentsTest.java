package dev.sluice.trainer.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.networks.autoencoder.AutoencoderKl;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.TrainingSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KeptLatentsTest {

  private static final Latents SHIPPED =
      Latents.of(Path.of(System.getProperty("sluice.models"), "fashion-dit").toString());
  private static final int ROWS = 4;
  private static final int PIXELS = 32 * 32;

  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  @Test
  void everyPictureComesOncePerRound_asTheEncoderSeesIt_withItsLabel() throws IOException {
    KeptLatents kept = new KeptLatents(context(9), SHIPPED, KeptLatentsTest::pictures);
    try (TensorSource weights = Checkpoints.open(SHIPPED.folder());
        Network encoder = Network.load(new AutoencoderKl(SHIPPED.config()), weights)) {
      for (long round = 0; round < 2; round++) {
        Map<Long, float[]> seen = new TreeMap<>();
        for (long batch = 0; batch < 3; batch++) {
          Map<String, HostTensor> drawn = kept.batch(round * 3 + batch);
          HostTensor.Floats means = (HostTensor.Floats) drawn.get("mean");
          long[] labels = ((HostTensor.Longs) drawn.get("classes")).values();
          for (int row = 0; row < ROWS; row++) {
            seen.put(labels[row], means.row(row).values());
          }
        }
        assertThat(seen.keySet()).as("9 in whole batches of 4").hasSize(12);
        seen.forEach(
            (label, mean) -> {
              Map<String, HostTensor> batch = pictures(label / ROWS);
              float[] wanted =
                  encoder
                      .run(Map.of("x", batch.get("clean")))
                      .get("mean")
                      .row((int) (label % ROWS))
                      .values();
              for (int i = 0; i < wanted.length; i++) {
                assertThat(mean[i]).isCloseTo(wanted[i], within(1e-3f * (1 + Math.abs(wanted[i]))));
              }
            });
      }
    }
    assertThat(told.toString(StandardCharsets.UTF_8)).contains("latents of 12 of 12 pictures");
  }

  @Test
  void aBatchIsTheSameWheneverItIsAskedFor() throws IOException {
    KeptLatents one = new KeptLatents(context(16), SHIPPED, KeptLatentsTest::pictures);
    KeptLatents other = new KeptLatents(context(16), SHIPPED, KeptLatentsTest::pictures);
    other.batch(3);
    for (String name : new String[] {"mean", "std"}) {
      assertThat(((HostTensor.Floats) other.batch(9).get(name)).values())
          .isEqualTo(((HostTensor.Floats) one.batch(9).get(name)).values());
    }
  }

  private PhaseContext context(int kept) {
    Recipe recipe =
        RecipeFile.with(
            RecipeFile.with(
                RecipeFile.shipped("fashion-dit"), "phases.class-to-latents.kept=" + kept),
            "phases.class-to-latents.batch=" + ROWS);
    Recipe own = recipe.at("phases.class-to-latents");
    return new PhaseContext(
        recipe,
        own,
        TrainingSettings.of(own, recipe.integer("seed")),
        Path.of("unused"),
        Optional.empty(),
        new PrintStream(told, true, StandardCharsets.UTF_8));
  }

  /** Noise; labelled by its place. */
  private static Map<String, HostTensor> pictures(long batch) {
    float[] pixels = new float[ROWS * PIXELS];
    long[] labels = new long[ROWS];
    SplittableRandom random = new SplittableRandom(batch);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble(-1, 1);
    }
    for (int row = 0; row < ROWS; row++) {
      labels[row] = batch * ROWS + row;
    }
    return Map.of(
        "clean",
        new HostTensor.Floats(pixels, ROWS, 1, 32, 32),
        "classes",
        new HostTensor.Longs(labels, ROWS));
  }
}
