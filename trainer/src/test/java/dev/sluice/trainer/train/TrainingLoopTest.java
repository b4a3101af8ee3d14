package dev.sluice.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.catalog.lora.Adaptation;
import dev.sluice.catalog.lora.Adaptations;
import dev.sluice.catalog.lora.AdaptedName;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

class TrainingLoopTest {

  @TempDir private Path folder;

  private static TrainingLoop loop(long steps) {
    return new TrainingLoop(new ToyObjective(), TestSettings.of(ToyObjective.ROWS, steps));
  }

  private static TrainingLoop loop(int accumulated, int shards, long steps) {
    return new TrainingLoop(
        new ToyObjective(),
        TestSettings.of(
            ToyObjective.ROWS, accumulated, shards, steps, TestSettings.adam(5e-3, 0.1)));
  }

  private static double[] losses(TrainingLoop loop, long until) {
    List<Double> losses = new ArrayList<>();
    loop.run(
        until, 1, Double.NaN, report -> losses.add(report.numbers().get("toy/loss")), () -> false);
    return losses.stream().mapToDouble(loss -> loss).toArray();
  }

  @Test
  void run_makesTheLossSmall() {
    try (TrainingLoop loop = loop(150)) {
      double[] losses = losses(loop, 150);

      assertThat(losses).hasSize(150);
      assertThat(losses[149]).isLessThan(losses[0] / 5);
    }
  }

  @Test
  void run_stopsWhenToldAndReportsMeans() {
    try (TrainingLoop loop = loop(150)) {
      List<Report> reports = new ArrayList<>();
      loop.run(150, 4, 1e9, reports::add, () -> loop.step() >= 8);

      assertThat(loop.step()).isEqualTo(8);
      assertThat(reports).extracting(Report::step).containsExactly(4L, 8L);
      assertThat(reports.get(0).rate()).as("of a gigaflop a second").isPositive();
      assertThat(reports.get(0).numbers())
          .containsKeys("toy/loss", "toy/gradient")
          .containsEntry("toy/rate", TestSettings.adam(5e-3, 0).rate().at(3, 150));
    }
  }

  /** Vectors of two lengths in turn, which the same weight shall become. */
  private static final class TwoForms implements Objective {

    @Override
    public List<Player> build(TrainingGraph graph) {
      Component free = graph.free("free", FirstValue.ZERO, 1);
      Operand<TFloat32> wanted = graph.floats("wanted", graph.form() + 2);
      Operand<TFloat32> off = graph.tf().math.sub(wanted, graph.values(free));
      graph.measure("form", graph.tf().constant((float) graph.form()));
      return List.of(new Player("free", graph.mean(graph.tf().math.square(off)), List.of(free)));
    }

    @Override
    public int forms() {
      return 2;
    }

    @Override
    public int form(long number) {
      return (int) (number % 2);
    }

    @Override
    public Map<String, HostTensor> batch(long number) {
      int length = form(number) + 2;
      float[] wanted = new float[4 * length];
      Arrays.fill(wanted, form(number) == 0 ? 1 : 3);
      return Map.of("wanted", new HostTensor.Floats(wanted, 4, length));
    }
  }

  @Test
  void run_ofSeveralForms_movesTheSameWeights() {
    for (int accumulated : new int[] {1, 2}) {
      try (TrainingLoop loop =
          new TrainingLoop(
              new TwoForms(),
              TestSettings.of(4, accumulated, 2, 400, TestSettings.adam(5e-2, 0)))) {
        List<Map<String, Double>> told = new ArrayList<>();
        loop.run(400, 1, Double.NaN, report -> told.add(report.numbers()), () -> false);

        assertThat(told.get(0)).containsEntry("form", accumulated == 1 ? 0.0 : 0.5);
        assertThat(told.get(0).get("free/loss")).isCloseTo(accumulated == 1 ? 1 : 5, within(1e-6));
        // Gradients are cut to 1, so that all from 1.5 to 2.5 are the middle of 1 and 3.
        assertThat(told.get(398).get("free/loss")).isBetween(0.2, 2.5);
        assertThat(told.get(399).get("free/loss")).isBetween(0.2, 2.5);
      }
    }
  }

  @Test
  void resume_goesOnBitForBitAsIfNothingHadHappened() throws IOException {
    Path save = folder.resolve("save.safetensors");
    double[] undisturbed;
    try (TrainingLoop loop = loop(2, 1, 40)) {
      losses(loop, 10);
      loop.save(save, Map.of("note", "as it was"));
      undisturbed = losses(loop, 20);
    }

    try (TrainingLoop loop = loop(2, 1, 40)) {
      loop.resume(save);
      assertThat(loop.step()).isEqualTo(10);
      assertThat(TrainingLoop.stepOf(save)).isEqualTo(10);
      assertThat(TrainingLoop.notes(save)).containsEntry("note", "as it was");

      assertThat(losses(loop, 20)).hasSize(10).containsExactly(undisturbed);
    }
  }

  @Test
  void shards_changeNothingButTheOrderOfSums() {
    try (TrainingLoop whole = loop(1, 1, 40);
        TrainingLoop halves = loop(1, 2, 40)) {
      assertThat(losses(halves, 10)).containsExactly(losses(whole, 10), within(1e-4));
    }
  }

  @Test
  void shards_ofUnevenSizeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loop(1, 3, 40))
        .withMessageContaining("16 rows do not divide into 3 shards");
  }

  @Test
  void export_writesTheAverageInHalfPrecisionUnderTheNetworksOwnNames() throws IOException {
    Path first = folder.resolve("first.safetensors");
    Path last = folder.resolve("last/diffusion_pytorch_model.safetensors");
    try (TrainingLoop loop = loop(40)) {
      loop.export(ToyObjective.COMPONENT, first);
      losses(loop, 5);
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
      // Not trained, hence the same; and as their layer declares.
      assertThat(after.floats("clip_std")).isEqualTo(before.floats("clip_std")).containsOnly(1f);
    }
    assertThat(Files.size(last)).isLessThan(100_000);
  }

  @Test
  void lowRank_movesTheProductsAloneAndExportsTheirSum() throws IOException {
    Path model = folder.resolve("model");
    Path base = model.resolve(ToyObjective.COMPONENT + "/diffusion_pytorch_model.safetensors");
    Path sum = folder.resolve("sum/diffusion_pytorch_model.safetensors");
    Path products = folder.resolve("pytorch_lora_weights.safetensors");
    double before;
    double after;
    try (TrainingLoop loop = loop(40)) {
      losses(loop, 20);
      loop.export(ToyObjective.COMPONENT, base);
    }
    TrainingSettings little =
        TestSettings.of(ToyObjective.ROWS, 40).with(Optional.of(LowRank.of(2, LowRank.ATTENTION)));
    try (TrainingLoop loop = new TrainingLoop(new ToyObjective(), little, Optional.of(model))) {
      double[] losses = losses(loop, 40);
      before = losses[0];
      after = losses[39];
      loop.export(ToyObjective.COMPONENT, sum);
      loop.exportLowRank(List.of(ToyObjective.COMPONENT), products);
    }

    assertThat(after).isLessThan(before);
    String layer = "transformer_blocks.0.attn1.to_q";
    try (SafetensorsFile old = SafetensorsFile.open(base);
        SafetensorsFile added = SafetensorsFile.open(sum);
        SafetensorsFile parts = SafetensorsFile.open(products)) {
      assertThat(added.names()).isEqualTo(old.names());
      assertThat(added.floats("proj_in.weight")).isEqualTo(old.floats("proj_in.weight"));
      String key = ToyObjective.COMPONENT + "." + layer;
      assertThat(parts.names()).hasSize(8).contains(key + ".lora_A.weight");
      assertThat(parts.info(key + ".lora_A.weight").shape()).containsExactly(2, 16);
      float[] down = parts.floats(key + ".lora_A.weight");
      float[] up = parts.floats(key + ".lora_B.weight");
      assertThat(up).isNotEqualTo(new float[32]);
      float expected =
          old.floats(layer + ".weight")[3 * 16 + 5] + up[3 * 2] * down[5] + up[7] * down[16 + 5];
      assertThat(added.floats(layer + ".weight")[3 * 16 + 5]).isCloseTo(expected, within(2e-3f));
    }
    // Who serves the base with the products serves what was trained.
    Adaptation adaptation = new Adaptation(new AdaptedName.Use("little", 1), products);
    Adaptations adaptations =
        new Adaptations(List.of(adaptation), Set.of(ToyObjective.COMPONENT), "");
    try (TensorSource served =
            adaptations.adapt(ToyObjective.COMPONENT, SafetensorsFile.open(base));
        SafetensorsFile added = SafetensorsFile.open(sum)) {
      for (String name : added.names()) {
        assertThat(served.floats(name)).containsExactly(added.floats(name), within(2e-3f));
      }
    }
  }

  @Test
  void init_goesOnFromAModelsWeights() throws IOException {
    Path model = folder.resolve("model");
    TrainingSettings settings = TestSettings.of(ToyObjective.ROWS, 40);
    Path file = model.resolve(ToyObjective.COMPONENT + "/diffusion_pytorch_model.safetensors");
    double fromNothing;
    try (TrainingLoop loop = loop(40)) {
      losses(loop, 40);
      loop.export(ToyObjective.COMPONENT, file);
    }
    try (TrainingLoop loop = loop(40)) {
      fromNothing = losses(loop, 1)[0];
    }

    try (TrainingLoop loop = new TrainingLoop(new ToyObjective(), settings, Optional.of(model))) {
      assertThat(losses(loop, 1)[0]).as("less than from nothing").isLessThan(fromNothing / 2);
    }
  }
}
