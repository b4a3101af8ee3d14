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
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.system.TrainingException;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ShapesImagenTest {

  private static final String[] TINY_TEXT = {
    "phases.text.batch=16",
    "phases.text.shards=1",
    "phases.text.steps=40",
    "phases.text.optimizer.rate=1e-2",
    "phases.text.optimizer.warm-up=1",
    "components.text_encoder.d_model=16",
    "components.text_encoder.d_kv=8",
    "components.text_encoder.d_ff=16",
    "components.text_encoder.num_layers=1",
    "components.text_encoder.num_heads=2",
  };

  private static final String[] TINY_UNET = {
    "components.unet.attention_head_dim=8",
    "components.unet.cross_attention_dim=16",
    "components.unet.encoder_hid_dim=16",
    "components.unet.addition_embed_type_num_heads=2",
    "components.unet.norm_num_groups=4",
  };

  private static final String[] TINY_BASE = {
    "phases.base.batch=4",
    "phases.base.shards=1",
    "phases.base.optimizer.rate=5e-3",
    "phases.base.optimizer.warm-up=1",
    "phases.base.optimizer.course=constant",
    "components.unet.sample_size=16",
    "components.unet.block_out_channels=[8, 8, 8, 8]",
  };

  private static final String[] TINY_ENLARGING = {
    "small-side=16",
    "phases.super-resolution.batch=4",
    "phases.super-resolution.shards=1",
    "phases.super-resolution.steps=30",
    "phases.super-resolution.crop=16",
    "phases.super-resolution.optimizer.rate=5e-3",
    "phases.super-resolution.optimizer.warm-up=1",
    "components.unet.sample_size=32",
    "components.unet.block_out_channels=[8, 8, 8, 8]",
    "components.unet.layers_per_block=[1, 1, 1, 2]",
  };

  @TempDir private Path folder;

  private static String train(
      TrainedSystem system, Path folder, String phase, boolean resume, String[]... settings)
      throws IOException {
    String[] all = Stream.of(settings).flatMap(Arrays::stream).toArray(String[]::new);
    return Trainings.train(system, folder, null, phase, resume, all);
  }

  private static String base(Path folder, int steps, boolean resume) throws IOException {
    String[] own = {"phases.base.steps=" + steps};
    return train(new ShapesImagen(), folder, "base", resume, TINY_TEXT, TINY_UNET, TINY_BASE, own);
  }

  private void text() throws IOException {
    String told =
        train(new ShapesImagen(), folder, MaskedText.TEXT, false, TINY_TEXT, TINY_UNET, TINY_BASE);
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

    String told = base(folder, 30, false);
    assertThat(lossAt(told, "30/30")).isLessThan(lossAt(told, "10/30"));
    assertThat(Files.readAllBytes(text)).isEqualTo(frozen);

    base(other, 10, false);
    base(other, 30, true);
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
    String[] own = {"built-on.text_encoder=" + first};
    String told = train(new ShapesImagen64(), folder, null, false, TINY_UNET, TINY_ENLARGING, own);
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
        .isThrownBy(() -> base(folder, 1, false))
        .withMessageContaining("text_encoder of the model");
    String[] own = {"built-on.text_encoder=" + folder.resolve("none")};
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> train(new ShapesImagen64(), folder, null, false, own))
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
