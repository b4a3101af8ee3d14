package dev.sluice.trainer.system;

import com.sun.management.OperatingSystemMXBean;
import dev.sluice.networks.graph.OpThreads;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.train.EventFile;
import dev.sluice.trainer.train.LowRank;
import dev.sluice.trainer.train.MatrixRate;
import dev.sluice.trainer.train.ProgressLine;
import dev.sluice.trainer.train.Report;
import dev.sluice.trainer.train.TrainingLoop;
import dev.sluice.trainer.train.TrainingSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Trains a system's phases, one after the other, to a model folder. What each reached is saved
 * again and again in a folder of its own, where TensorBoard's event files lie too.
 */
public final class TrainingRun implements Stoppable {

  private static final String RECIPE = "recipe";
  private static final String SECONDS = "processor-seconds";

  /** diffusers' name. */
  private static final String LOW_RANK = "pytorch_lora_weights.safetensors";

  /**
   * What the user decides beside the recipe.
   *
   * @param model the folder to write
   * @param work the folder of saves and event files
   * @param data empty for the system's own
   * @param init a model folder whose weights are gone on from; empty to begin anew
   * @param lowRank what is trained of networks, which then need {@code init}; empty for all
   * @param resume whether to go on from saves
   * @param only the one phase to train; empty for all
   * @param saveEvery steps between saves
   * @param reportEvery steps between reports
   */
  public record Options(
      Path model,
      Path work,
      Optional<Path> data,
      Optional<Path> init,
      Optional<LowRank> lowRank,
      boolean resume,
      Optional<String> only,
      int saveEvery,
      int reportEvery) {}

  private final TrainedSystem system;
  private final Recipe recipe;
  private final Options options;
  private final PrintStream out;
  private final boolean terminal;
  private final AtomicBoolean stopping = new AtomicBoolean();

  /**
   * @param out is told of the course
   * @param terminal whether {@code out} is one
   */
  public TrainingRun(
      TrainedSystem system, Recipe recipe, Options options, PrintStream out, boolean terminal) {
    this.system = system;
    this.recipe = options.init().map(model -> system.goingOnFrom(model, recipe)).orElse(recipe);
    this.options = options;
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void stop() {
    stopping.set(true);
  }

  /**
   * Trains.
   *
   * @return whether all is done, and not stopped before
   * @throws TrainingException when there is no such phase, or there are saves that nobody said to
   *     go on from
   */
  @Override
  public boolean run() throws IOException {
    int threads = recipe.integer("threads", 0);
    if (threads > 0) {
      OpThreads.set(threads);
    }
    List<Phase> chosen = chosen();
    if (!options.resume()) {
      chosen.forEach(this::requireNoSave);
    }
    if (options.lowRank().isPresent() && options.init().isEmpty()) {
      throw new TrainingException(
          "--lora trains little beside weights that are there: name their model by --init");
    }
    if (options.init().isPresent() && !Files.isDirectory(options.init().get())) {
      throw new TrainingException(
          options.init().get() + " is no folder; --init names a model to go on from");
    }
    system.writeFiles(recipe, options.model());
    TrainingRecord.write(options.model(), system, recipe);
    for (Phase phase : chosen) {
      if (!stopping.get()) {
        train(phase);
      }
    }
    return !stopping.get();
  }

  private List<Phase> chosen() {
    List<Phase> all = system.phases();
    List<Phase> chosen =
        all.stream()
            .filter(phase -> options.only().orElse(phase.name()).equals(phase.name()))
            .toList();
    if (chosen.isEmpty()) {
      throw new TrainingException(
          "%s has no phase %s; there are %s"
              .formatted(
                  system.name(), options.only().get(), all.stream().map(Phase::name).toList()));
    }
    return chosen;
  }

  private Path save(Phase phase) {
    return options.work().resolve(phase.name() + ".safetensors");
  }

  private void requireNoSave(Phase phase) {
    Path save = save(phase);
    if (Files.exists(save)) {
      throw new TrainingException(
          "%s was trained before, up to step %d: go on with --resume, or remove %s to begin anew"
              .formatted(phase.name(), TrainingLoop.stepOf(save), save));
    }
  }

  private void train(Phase phase) throws IOException {
    Recipe own = recipe.at("phases." + phase.name());
    TrainingSettings settings =
        TrainingSettings.of(own, recipe.integer("seed")).with(options.lowRank());
    PhaseContext context =
        new PhaseContext(recipe, own, settings, options.model(), options.data(), out);
    try (TrainingLoop loop =
        new TrainingLoop(phase.opener().open(context), settings, options.init())) {
      double before = resume(phase, own, loop) - processorSeconds();
      boolean stepped = loop.step() < settings.steps();
      steps(phase, own, settings, loop, before);
      for (String component : phase.exports()) {
        loop.export(component, ModelFiles.weights(options.model(), component));
      }
      if (options.lowRank().isPresent()) {
        loop.exportLowRank(phase.exports(), options.model().resolve(LOW_RANK));
      }
      phase.finisher().finish(context);
      if (stepped && !Double.isNaN(before)) {
        TrainingRecord.spent(
            options.model(), system, recipe, phase.name(), (before + processorSeconds()) / 60);
      }
      out.printf(
          "%s: %,d of %,d steps done, weights in %s%n",
          phase.name(), loop.step(), settings.steps(), options.model());
    }
  }

  /**
   * Goes on from a save, if there is one.
   *
   * @return what the steps up to it took of the processor, in seconds; NaN if nobody wrote it down
   */
  private double resume(Phase phase, Recipe own, TrainingLoop loop) {
    Path save = save(phase);
    if (!Files.exists(save)) {
      loop.begun().forEach(sentence -> out.printf("%s: %s%n", phase.name(), sentence));
      return 0;
    }
    loop.resume(save);
    out.printf("%s: goes on at step %,d%n", phase.name(), loop.step());
    Map<String, String> notes = TrainingLoop.notes(save);
    String earlier = notes.get(RECIPE);
    if (earlier != null) {
      own.changesSince(RecipeFile.parse(earlier, save.toString()).flat())
          .forEach(change -> out.printf("%s: %s%n", phase.name(), change));
    }
    return Double.parseDouble(notes.getOrDefault(SECONDS, "NaN"));
  }

  /**
   * @param before what has been spent, less what the process had taken of the processor then
   */
  private void steps(
      Phase phase, Recipe own, TrainingSettings settings, TrainingLoop loop, double before)
      throws IOException {
    if (loop.step() >= settings.steps()) {
      return;
    }
    double machine = MatrixRate.of(settings.shards());
    out.printf("%s: matrix products at %.0f GFLOP/s%n", phase.name(), machine / 1e9);
    ProgressLine line = new ProgressLine(phase.name(), out, terminal);
    try (EventFile events = new EventFile(options.work().resolve(phase.name()), now())) {
      while (loop.step() < settings.steps() && !stopping.get()) {
        long next = (loop.step() / options.saveEvery() + 1) * options.saveEvery();
        loop.run(
            next,
            options.reportEvery(),
            machine,
            report -> told(report, line, events),
            stopping::get);
        loop.save(
            save(phase),
            Map.of(
                RECIPE,
                RecipeFile.write(own),
                SECONDS,
                String.valueOf(before + processorSeconds())));
      }
    }
  }

  private static void told(Report report, ProgressLine line, EventFile events) {
    line.show(report);
    Map<String, Double> numbers = new java.util.LinkedHashMap<>(report.numbers());
    numbers.put("images_per_second", report.rows());
    try {
      events.add(report.step(), now(), numbers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What this process has taken of the processor, all cores added. */
  private static double processorSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  private static double now() {
    return System.currentTimeMillis() / 1e3;
  }
}
