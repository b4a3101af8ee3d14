package dev.sluice.trainer.distill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.latent.TinyTurbo;
import dev.sluice.trainer.shapes.Background;
import dev.sluice.trainer.shapes.ObjectSize;
import dev.sluice.trainer.shapes.Pixels;
import dev.sluice.trainer.shapes.Scene;
import dev.sluice.trainer.shapes.SceneObject;
import dev.sluice.trainer.shapes.Shape;
import dev.sluice.trainer.shapes.ShapeColor;
import dev.sluice.trainer.truth.Aspect;
import dev.sluice.trainer.truth.SceneJudge;
import dev.sluice.trainer.truth.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DistillCommandTest {

  /** What makes a scene small. */
  private static final List<String> SMALL_SCENE =
      List.of(
          "--what", "scene",
          "--set", "camera.side=8",
          "--set", "camera.samples=4",
          "--set", "field.width=8",
          "--set", "views=2",
          "--set", "frames=3");

  /** With a course that does not depend on how many steps there are. */
  private static final List<String> STEADY =
      List.of(
          "--set", "optimizer.course=constant",
          "--set", "timesteps.most-at-end=0.98",
          "--every", "2");

  @TempDir private static Path trained;
  @TempDir private Path folder;

  @BeforeAll
  static void trainAJudge() throws IOException {
    TinyTurbo.teacher(trained);
  }

  private record Done(int status, String out, String err) {}

  private static Done distill(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        new CommandLine(new DistillCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments.toArray(String[]::new));
    return new Done(status, out.toString(), err.toString());
  }

  @SafeVarargs
  private static Done distill(Path out, int steps, String prompt, List<String>... further) {
    return distill(
        Stream.concat(
                Stream.of(
                    "--model",
                    trained.resolve("model").toString(),
                    "--prompt",
                    prompt,
                    "--out",
                    out.toString(),
                    "--set",
                    "steps=" + steps),
                Arrays.stream(further).flatMap(List::stream))
            .toList());
  }

  private static byte[] bytes(Path file) throws IOException {
    return Files.readAllBytes(file);
  }

  @Test
  void aPictureBecomesWhatTheJudgeKnows() throws IOException {
    Done done =
        distill(
            List.of(
                "--model",
                Path.of(System.getProperty("sluice.models"), "shapes-ldm").toString(),
                "--prompt",
                "a large red circle on a white background",
                "--set",
                "steps=80",
                "--set",
                "draws=2",
                "--every",
                "40",
                "--out",
                folder.toString()));

    assertThat(done.err()).isEmpty();
    assertThat(done.status()).isZero();
    Verdict verdict =
        SceneJudge.judge(
            new Scene.Single(
                new SceneObject(Shape.CIRCLE, ShapeColor.RED, ObjectSize.LARGE), Background.WHITE),
            Pixels.fromImage(ImageIO.read(folder.resolve("picture.png").toFile())));
    assertThat(verdict.met()).contains(Aspect.BACKGROUND, Aspect.COUNT, Aspect.COLOR, Aspect.SHAPE);
    assertThat(folder.resolve("progress/step-00040.png")).isNotEmptyFile();
    assertThat(folder.resolve("distill.yaml"))
        .content()
        .contains("# prompt: a large red circle on a white background", "steps: 80");
  }

  @Test
  void picture_isGoneOnWithBitForBit_eitherWayOfTheGradient() throws IOException {
    for (String gradient : List.of("stopped", "through")) {
      List<String> way = List.of("--set", "gradient=" + gradient);
      Path whole = folder.resolve(gradient);
      Path parts = folder.resolve(gradient + "-parts");
      assertThat(distill(whole, 6, "a red circle", STEADY, way).status()).isZero();
      assertThat(distill(parts, 4, "a red circle", STEADY, way).status()).isZero();
      assertThat(distill(parts, 6, "a red circle", STEADY, way, List.of("--resume")).status())
          .isZero();

      assertThat(parts.resolve("latents.safetensors"))
          .hasSameBinaryContentAs(whole.resolve("latents.safetensors"));
      assertThat(parts.resolve("progress/step-00006.png")).isNotEmptyFile();
    }
    assertThat(bytes(folder.resolve("stopped/latents.safetensors")))
        .as("the two ways are two")
        .isNotEqualTo(bytes(folder.resolve("through/latents.safetensors")));
  }

  @Test
  void picture_ofSeveralTexts_hasOneEach_judgedByAPublishedModel() throws IOException {
    Done done =
        distill(
            List.of(
                "--model",
                Path.of(System.getProperty("sluice.goldens"), "pipe-sd").toString(),
                "--prompt",
                "a cat",
                "--prompt",
                "a dog",
                "--negative-prompt",
                "blurry",
                "--set",
                "steps=2",
                "--out",
                folder.toString()));

    assertThat(done.err()).isEmpty();
    assertThat(bytes(folder.resolve("picture-0.png")))
        .isNotEqualTo(bytes(folder.resolve("picture-1.png")));
  }

  @Test
  void scene_isTurnedAndGoneOnWithBitForBit() throws IOException {
    List<String> back = List.of("--view", "back=a blue circle");
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("parts");
    assertThat(distill(whole, 4, "a red circle", SMALL_SCENE, STEADY, back).status()).isZero();
    assertThat(distill(parts, 2, "a red circle", SMALL_SCENE, STEADY, back).status()).isZero();
    byte[] early = bytes(parts.resolve("turntable.png"));
    assertThat(
            distill(parts, 4, "a red circle", SMALL_SCENE, STEADY, back, List.of("--resume"))
                .status())
        .isZero();

    String weights = "scene/diffusion_pytorch_model.safetensors";
    assertThat(parts.resolve(weights)).hasSameBinaryContentAs(whole.resolve(weights));
    assertThat(bytes(parts.resolve("turntable.png"))).isNotEqualTo(early);
    assertThat(ImageIO.read(parts.resolve("frames/frame-002.png").toFile()).getWidth())
        .as("the judge's size")
        .isEqualTo(64);
  }

  @Test
  void aResult_isNotLostUnasked_norGoneOnWithAsSomethingElse() {
    assertThat(distill(folder, 2, "a red circle", STEADY).status()).isZero();

    assertRefused(distill(folder, 2, "a red circle"), "has a save of step 2: go on with --resume");
    assertRefused(
        distill(folder, 2, "a blue square", List.of("--resume")),
        "is of another prompt (a red circle, not a blue square)");
  }

  @Test
  void whatCannotBe_isToldInASentence() {
    String shapes = System.getProperty("sluice.models");
    assertRefused(
        distill(List.of("--prompt", "x", "--model", "nothing")), "there is no model nothing");
    assertRefused(
        distill(List.of("--prompt", "x", "--model", shapes + "/shapes-unclip")),
        "is of the class UnCLIPPipeline; what is needed is a StableDiffusionPipeline");
    assertRefused(distill(List.of("--model", shapes + "/shapes-ldm")), "say what is to be seen");
    assertRefused(distill(List.of("--prompt", "x", "--what", "film")), "choose picture or scene");
    assertRefused(
        distill(List.of("--prompt", "x", "--set", "guidanec=3")), "the recipe has no key guidanec");
    assertRefused(
        distill(folder, 2, "x", List.of("--set", "gradient=backwards")),
        "gradient must be one of stopped, through");
    assertRefused(
        distill(folder, 2, "x", List.of("--set", "draws=3")), "do not divide into 2 shards");
    assertRefused(distill(folder, 2, "x", List.of("--view", "back=y")), "--view is of a scene");
    assertRefused(
        distill(folder, 2, "x", SMALL_SCENE, List.of("--view", "below=y")),
        "--view below is no direction");
    assertRefused(
        distill(folder, 2, "x", SMALL_SCENE, List.of("--prompt", "y")), "a scene has one --prompt");
    assertRefused(
        distill(folder, 2, "x", SMALL_SCENE, List.of("--set", "views=3")),
        "3 views do not divide into 2 shards");
    assertThat(folder).as("nothing was begun").isEmptyDirectory();
  }

  private static void assertRefused(Done done, String sentence) {
    assertThat(done.status()).isEqualTo(2);
    assertThat(done.err()).startsWith("sluice: ").contains(sentence);
  }

  @Test
  void help_showsTheRecipe() {
    assertThat(distill(List.of("--help")).out()).contains("--resume", "draws: 4");
    assertThat(distill(List.of("--help", "--what", "scene")).out()).contains("camera:");
  }
}
