package dev.sluice.trainer.unclip;

import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.TrainingLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice train shapes-unclip}: trains the small unCLIP of the shapes world. */
@Command(
    name = "shapes-unclip",
    mixinStandardHelpOptions = true,
    description = "Trains the small unCLIP that ships: CLIP, priors, decoder, super-resolution.")
public final class TrainShapesUnclip implements Callable<Integer> {

  /** The networks, in the order in which they need each other. */
  enum Part {
    CLIP(96, 6e-4, 3600, "text_encoder", "image_encoder"),
    PRIOR(96, 6e-4, 1200, "prior"),
    AUTOREGRESSIVE_PRIOR(96, 6e-4, 2500, "autoregressive_prior"),
    DECODER(32, 6e-4, 17_000, "text_proj", "decoder"),
    SUPER_RES_FIRST(32, 8e-4, 1500, "super_res_first"),
    SUPER_RES_LAST(24, 8e-4, 1500, "super_res_last");

    private final int batch;
    private final double rate;
    private final int steps;
    private final List<String> components;

    Part(int batch, double rate, int steps, String... components) {
      this.batch = batch;
      this.rate = rate;
      this.steps = steps;
      this.components = List.of(components);
    }
  }

  @Option(
      names = "--out",
      defaultValue = "models/shapes-unclip",
      description = "the model folder to write (default: ${DEFAULT-VALUE})")
  private Path out;

  @Option(
      names = "--work",
      defaultValue = ".sluice/training/shapes-unclip",
      description = "the folder for saves to resume from (default: ${DEFAULT-VALUE})")
  private Path work;

  @Option(
      names = "--part",
      description = "train this part only: ${COMPLETION-CANDIDATES} (default: all, in order)")
  private Part only;

  @Option(names = "--steps", description = "steps of each part (default: the part's own number)")
  private Integer steps;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seed of the training data (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--save-every",
      defaultValue = "500",
      description = "steps between saves (default: ${DEFAULT-VALUE})")
  private int saveEvery;

  @Override
  public Integer call() throws IOException {
    ShapesUnclip.writeConfigs(out);
    AtomicBoolean stopping = new AtomicBoolean();
    CountDownLatch saved = new CountDownLatch(1);
    Thread hook = new Thread(() -> stopAndWait(stopping, saved));
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      for (Part part : only == null ? Part.values() : new Part[] {only}) {
        if (!stopping.get()) {
          train(part, stopping);
        }
      }
    } finally {
      saved.countDown();
    }
    if (!stopping.get()) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
    return 0;
  }

  /** On a signal the step in work is finished and saved before the process ends. */
  private static void stopAndWait(AtomicBoolean stopping, CountDownLatch saved) {
    stopping.set(true);
    try {
      saved.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void train(Part part, AtomicBoolean stopping) throws IOException {
    Path save = work.resolve(part.name().toLowerCase(java.util.Locale.ROOT) + ".safetensors");
    int total = steps == null ? part.steps : steps;
    ShapesBatches batches = new ShapesBatches(seed, part.batch);
    try (Embeddings clip = needsClip(part) ? new Embeddings(out) : null;
        TrainingLoop loop = new TrainingLoop(objective(part, batches, clip))) {
      if (Files.exists(save)) {
        loop.resume(save);
        System.out.printf("%s: goes on at step %,d of %,d%n", part, loop.step(), total);
      }
      while (loop.step() < total && !stopping.get()) {
        long next = Math.min(total, (loop.step() / saveEvery + 1) * saveEvery);
        loop.run(
            total,
            part.rate,
            50,
            report -> print(part, report),
            () -> stopping.get() || loop.step() >= next);
        loop.save(save);
      }
      for (String component : part.components) {
        loop.export(component, weightsFile(component));
      }
      if (part == Part.AUTOREGRESSIVE_PRIOR) {
        ShapesUnclip.writeAutoregressivePriorConfig(out);
      }
      System.out.printf(
          "%s: %,d of %,d steps done, weights in %s%n", part, loop.step(), total, out);
    }
  }

  private static boolean needsClip(Part part) {
    return part == Part.PRIOR || part == Part.AUTOREGRESSIVE_PRIOR || part == Part.DECODER;
  }

  private static Objective objective(Part part, ShapesBatches batches, Embeddings clip) {
    return switch (part) {
      case CLIP -> new ClipObjective(batches);
      case PRIOR -> new PriorObjective(batches, clip);
      case AUTOREGRESSIVE_PRIOR -> new AutoregressivePriorObjective(batches, clip);
      case DECODER -> new DecoderObjective(batches, clip);
      case SUPER_RES_FIRST ->
          superResolution(
              batches,
              "super_res_first",
              ShapesUnclip.superResolutionFirst(),
              ShapesUnclip.BASE,
              ShapesUnclip.MIDDLE);
      case SUPER_RES_LAST ->
          superResolution(
              batches,
              "super_res_last",
              ShapesUnclip.superResolutionLast(),
              ShapesUnclip.MIDDLE,
              ShapesUnclip.PICTURE);
    };
  }

  private static Objective superResolution(
      ShapesBatches batches, String name, Map<String, Object> config, int from, int to) {
    return new SuperResolutionObjective(batches, name, config, from, to);
  }

  private Path weightsFile(String component) {
    boolean transformers = component.equals("text_encoder") || component.equals("image_encoder");
    String file = transformers ? "model" : "diffusion_pytorch_model";
    return out.resolve(component).resolve(file + ".safetensors");
  }

  private static void print(Part part, TrainingLoop.Report report) {
    long left = Math.round((report.steps() - report.step()) * report.seconds());
    System.out.printf(
        "%-15s step %,7d / %,d  loss %.4f  gradient %.2f  %.0f pictures/s  %d:%02d left%n",
        part,
        report.step(),
        report.steps(),
        report.loss(),
        report.gradientNorm(),
        part.batch / report.seconds(),
        left / 60,
        left % 60);
  }
}
