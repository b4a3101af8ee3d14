package dev.sluice.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLoopTest {

  @TempDir private Path folder;

  private static double[] losses(TrainingLoop loop, long until, long total) {
    List<Double> losses = new ArrayList<>();
    loop.run(total, 5e-3, 1, report -> losses.add(report.loss()), () -> loop.step() >= until);
    return losses.stream().mapToDouble(loss -> loss).toArray();
  }

  @Test
  void run_makesTheLossSmall() {
    try (TrainingLoop loop = new TrainingLoop(new ToyObjective())) {
      double[] losses = losses(loop, 150, 150);

      assertThat(losses).hasSize(150);
      assertThat(losses[149]).isLessThan(losses[0] / 5);
    }
  }

  @Test
  void resume_goesOnAsIfNothingHadHappened() throws IOException {
    Path save = folder.resolve("save.safetensors");
    double[] undisturbed;
    try (TrainingLoop loop = new TrainingLoop(new ToyObjective())) {
      losses(loop, 10, 40);
      loop.save(save);
      undisturbed = losses(loop, 20, 40);
    }

    try (TrainingLoop loop = new TrainingLoop(new ToyObjective())) {
      loop.resume(save);
      assertThat(loop.step()).isEqualTo(10);
      double[] resumed = losses(loop, 20, 40);

      assertThat(resumed).hasSize(10);
      for (int i = 0; i < 10; i++) {
        // TensorFlow sums in whatever order its threads come.
        assertThat(resumed[i]).isEqualTo(undisturbed[i], within(1e-5));
      }
    }
  }

  @Test
  void export_writesTheAverageInHalfPrecisionUnderTheNetworksOwnNames() throws IOException {
    Path first = folder.resolve("first.safetensors");
    Path last = folder.resolve("last/diffusion_pytorch_model.safetensors");
    try (TrainingLoop loop = new TrainingLoop(new ToyObjective())) {
      loop.export(ToyObjective.COMPONENT, first);
      losses(loop, 5, 40);
      loop.export(ToyObjective.COMPONENT, last);
    }

    try (SafetensorsFile before = SafetensorsFile.open(first);
        SafetensorsFile after = SafetensorsFile.open(last)) {
      assertThat(after.names())
          .isEqualTo(before.names())
          .contains("proj_in.weight", "transformer_blocks.0.attn1.to_q.weight", "clip_std");
      assertThat(after.info("proj_in.weight").dtype()).isEqualTo(DType.F16);
      assertThat(after.info("proj_in.weight").shape()).containsExactly(16, 8);
      assertThat(after.floats("proj_in.weight")).isNotEqualTo(before.floats("proj_in.weight"));
      // Not trained, hence the same.
      assertThat(after.floats("clip_std")).isEqualTo(before.floats("clip_std"));
    }
    assertThat(Files.size(last)).isLessThan(100_000);
  }

  @Test
  void learningRate_risesToTheHighestAndFallsToATwentieth() {
    assertThat(TrainingLoop.learningRate(0, 1000, 1)).isEqualTo(1.0 / 20);
    assertThat(TrainingLoop.learningRate(20, 1000, 1)).isEqualTo(1);
    assertThat(TrainingLoop.learningRate(1000, 1000, 1)).isEqualTo(0.05, within(1e-9));
    for (int step = 21; step < 1000; step++) {
      assertThat(TrainingLoop.learningRate(step, 1000, 1))
          .isLessThan(TrainingLoop.learningRate(step - 1, 1000, 1));
    }
  }
}
