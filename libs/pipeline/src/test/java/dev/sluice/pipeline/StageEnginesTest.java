package dev.sluice.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.embed.EmbeddingEngine;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Sampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of model at every stage, as a service loads it. */
class StageEnginesTest {

  private static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));

  static List<String> models() throws IOException {
    try (Stream<Path> folders = Files.list(GOLDENS)) {
      return folders
          .filter(folder -> Files.isRegularFile(folder.resolve(ModelFolder.INDEX)))
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void warmUp_runsEveryNetworkThatDenoises(String model) throws InterruptedException {
    for (StageEngine engine : engines(ModelFolder.open(GOLDENS.resolve(model)))) {
      try (engine) {
        engine.warmUp();
        assertThat(engine.batchers())
            .allSatisfy(batcher -> assertThat(batcher.calls()).isPositive());
      }
    }
  }

  @Test
  void warmUp_needsNoSamplerOfTheModelsOwn(@TempDir Path models) throws Exception {
    Path model = models.resolve("novel");
    Path original = GOLDENS.resolve("pipe-ddpm");
    try (Stream<Path> files = Files.walk(original)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = model.resolve(original.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    for (String name : List.of("model_index.json", "scheduler/scheduler_config.json")) {
      Path file = model.resolve(name);
      Files.writeString(file, Files.readString(file).replace("DDPMSch", "NovelSch"));
    }
    try (DenoiserEngine engine = Families.denoiser(ModelFolder.open(model), BatchLimit.DEFAULT)) {
      engine.warmUp();

      Sampling heun = Sampling.ofSteps(2).by("HeunDiscreteScheduler");
      assertThat(
              engine
                  .denoise(
                      DenoiseRequest.of(Map.of(), heun), new TorchGenerator(1), StepListener.NONE)
                  .values())
          .doesNotContain(Float.NaN);
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  engine.denoise(
                      DenoiseRequest.of(Map.of(), Sampling.ofSteps(2)),
                      new TorchGenerator(1),
                      StepListener.NONE))
          .withMessageContaining("unknown sampler NovelScheduler");
    }
  }

  /** Of the stages that the model passes through. */
  private static List<StageEngine> engines(ModelFolder model) {
    List<StageEngine> engines = new ArrayList<>();
    if (model.pipeline().takesText()) {
      engines.add(Families.textEncoder(model, BatchLimit.DEFAULT));
    }
    if (model.pipeline().makesEmbeddings()) {
      engines.add(EmbeddingEngine.load(model, BatchLimit.DEFAULT));
    }
    if (model.pipeline().hasDenoiser()) {
      engines.add(Families.denoiser(model, BatchLimit.DEFAULT));
      engines.add(Families.upscaler(model, BatchLimit.DEFAULT));
    }
    return engines;
  }
}
