package dev.sluice.trainer.imagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.trainer.evaluate.EvaluateCommand;
import dev.sluice.trainer.system.TrainingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ShapesImagenTest {

  @TempDir private Path folder;

  private void text() throws IOException {
    String told = TinyImagen.text(folder, 40);
    assertThat(lossAt(told, "40/40")).isLessThan(0.9 * lossAt(told, "10/40"));
  }

  @Test
  void base_learnsFromFrozenTextAndGoesOnAsIfItHadNotStopped()
      throws IOException, InterruptedException {
    text();
    Path text = folder.resolve("model/text_encoder/model.safetensors");
    byte[] frozen = Files.readAllBytes(text);
    Path other = folder.resolve("other");
    for (String file : new String[] {"model.safetensors", "config.json"}) {
      Files.createDirectories(other.resolve("model/text_encoder"));
      Files.copy(text.resolveSibling(file), other.resolve("model/text_encoder").resolve(file));
    }

    String told = TinyImagen.base(folder, 30, false);
    assertThat(lossAt(told, "30/30")).isLessThan(lossAt(told, "10/30"));
    assertThat(Files.readAllBytes(text)).isEqualTo(frozen);

    TinyImagen.base(other, 10, false);
    TinyImagen.base(other, 30, true);
    String weights = "model/unet/diffusion_pytorch_model.safetensors";
    assertThat(Files.readAllBytes(other.resolve(weights)))
        .isEqualTo(Files.readAllBytes(folder.resolve(weights)));

    HostTensor.Floats circle = draw("a red circle", Map.of());
    assertThat(circle.shape()).containsExactly(1, 3, 16, 16);
    assertThat(circle.allFinite()).isTrue();
    assertThat(draw("a blue star", Map.of()).values())
        .as("what the text says matters")
        .isNotEqualTo(circle.values());

    CommandLine evaluate = new CommandLine(new EvaluateCommand());
    String[] arguments = {
      "--model", folder.resolve("model").toString(), "--captions=1", "--steps=2", "--batch=2"
    };
    assertThat(evaluate.execute(arguments)).as("it can be evaluated").isZero();
  }

  @Test
  void secondStage_learnsToEnlargeWithTheTextEncoderOfTheFirst()
      throws IOException, InterruptedException {
    text();
    Path first = folder.resolve("first");
    Files.move(folder.resolve("model"), first);
    String told = TinyImagen.enlarging(folder, first, 30);
    assertThat(lossAt(told, "30/30")).isLessThan(lossAt(told, "10/30"));
    assertThat(ModelFolder.open(folder.resolve("model")).pipeline().className())
        .isEqualTo("IFSuperResolutionPipeline");

    StringWriter refused = new StringWriter();
    CommandLine evaluate =
        new CommandLine(new EvaluateCommand()).setErr(new PrintWriter(refused, true));
    assertThat(evaluate.execute("--model", folder.resolve("model").toString())).isEqualTo(2);
    assertThat(refused.toString()).contains("--enlarged-by");

    HostTensor gray = new HostTensor.Floats(new float[3 * 16 * 16], 1, 3, 16, 16);
    float[] white = new float[3 * 16 * 16];
    Arrays.fill(white, 1);
    HostTensor.Floats ofGray = draw("a red circle", Map.of(TensorNames.IMAGE, gray));
    assertThat(ofGray.shape()).containsExactly(1, 3, 32, 32);
    assertThat(ofGray.allFinite()).isTrue();
    HostTensor bright = new HostTensor.Floats(white, 1, 3, 16, 16);
    assertThat(draw("a red circle", Map.of(TensorNames.IMAGE, bright)).values())
        .as("what the small picture shows matters")
        .isNotEqualTo(ofGray.values());
  }

  @Test
  void whatNeedsATextEncoder_saysSo() {
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> TinyImagen.base(folder, 1, false))
        .withMessageContaining("text_encoder of the model");
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> TinyImagen.enlarging(folder, folder.resolve("none"), 1))
        .withMessageContaining("none is built upon");
  }

  private HostTensor.Floats draw(String caption, Map<String, HostTensor> more)
      throws InterruptedException {
    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT);
        DenoiserEngine engine = Families.denoiser(model, BatchLimit.DEFAULT)) {
      Map<String, HostTensor> inputs = new LinkedHashMap<>(text.encode(Prompt.of(caption)));
      inputs.putAll(more);
      return engine.denoise(
          DenoiseRequest.of(inputs, Sampling.of(3, 2)), new TorchGenerator(1), StepListener.NONE);
    }
  }

  private static double lossAt(String told, String place) {
    String line = told.lines().filter(text -> text.contains(" " + place)).findFirst().orElseThrow();
    return Double.parseDouble(line.replaceAll(".*/loss ([0-9.e+-]+) .*", "$1"));
  }
}
