package dev.sluice.trainer.distill;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.system.Stoppable;
import dev.sluice.trainer.system.TrainingException;
import dev.sluice.trainer.train.ProgressLine;
import dev.sluice.trainer.train.TrainingLoop;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Distils something into a folder: what it looks like on the way in {@code progress}, a save to go
 * on from, and what it is at the end.
 */
final class DistillRun implements Stoppable {

  /** In the folder of results. */
  static final String SAVE = "save.safetensors";

  /** What it was made by, for people. */
  private static final String RECORD = "distill.yaml";

  private static final String RECIPE = "recipe";

  /** Pictures of a progress sheet in a row, at most. */
  private static final int COLUMNS = 8;

  private final Distilled distilled;
  private final Recipe recipe;
  private final Map<String, String> asked;
  private final Options options;
  private final PrintStream out;
  private final boolean terminal;
  private final AtomicBoolean stopping = new AtomicBoolean();

  /**
   * What the user decides beside the recipe.
   *
   * @param folder of results
   * @param resume whether to go on from the save in it
   * @param every steps between saves, each with a picture
   */
  record Options(Path folder, boolean resume, int every) {}

  /**
   * @param distilled is closed with the run
   * @param asked model, texts and all else that a save can only be gone on from with
   * @param out is told of the course
   * @param terminal whether {@code out} is one
   */
  DistillRun(
      Distilled distilled,
      Recipe recipe,
      Map<String, String> asked,
      Options options,
      PrintStream out,
      boolean terminal) {
    this.distilled = distilled;
    this.recipe = recipe;
    this.asked = asked;
    this.options = options;
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void stop() {
    stopping.set(true);
  }

  /**
   * Distils.
   *
   * @throws TrainingException when there is a save that nobody said to go on from, or one of
   *     something else
   */
  @Override
  public boolean run() throws IOException {
    distilled.leftOut().forEach(out::println);
    Path save = options.folder().resolve(SAVE);
    try (TrainingLoop loop = new TrainingLoop(distilled, distilled.settings())) {
      if (options.resume() && Files.exists(save)) {
        resume(loop, save);
      }
      record();
      ProgressLine line = new ProgressLine(distilled.component(), out, terminal);
      long steps = distilled.settings().steps();
      while (loop.step() < steps && !stopping.get()) {
        long next = (loop.step() / options.every() + 1) * options.every();
        loop.run(next, options.every(), Double.NaN, line::show, stopping::get);
        loop.save(save, notes());
        loop.export(distilled.component(), distilled.weights(options.folder()));
        show(loop.step());
      }
      if (loop.step() >= steps) {
        // Where there was nothing left to do but to write it.
        loop.export(distilled.component(), distilled.weights(options.folder()));
        out.printf(
            "%s: %,d steps done: %s%n",
            distilled.component(), steps, distilled.finish(options.folder()));
      }
    }
    return !stopping.get();
  }

  /**
   * Checks that no earlier result would be lost.
   *
   * @throws TrainingException if one would
   */
  static void requireNoSave(Options options) {
    Path save = options.folder().resolve(SAVE);
    if (!options.resume() && Files.exists(save)) {
      throw new TrainingException(
          "%s has a save of step %d: go on with --resume, or choose another folder with --out"
              .formatted(options.folder(), TrainingLoop.stepOf(save)));
    }
  }

  private void record() throws IOException {
    StringBuilder text = new StringBuilder("# ./sluice distill, with%n".formatted());
    asked.forEach(
        (what, value) -> text.append("# %s: %s%n".formatted(what, value.replaceAll("\\s+", " "))));
    Files.createDirectories(options.folder());
    Files.writeString(
        options.folder().resolve(RECORD),
        text + RecipeFile.write(recipe).replaceFirst("^---\\R", ""));
  }

  private Map<String, String> notes() {
    Map<String, String> notes = new LinkedHashMap<>(asked);
    notes.put(RECIPE, RecipeFile.write(recipe));
    return notes;
  }

  private void resume(TrainingLoop loop, Path save) {
    Map<String, String> earlier = TrainingLoop.notes(save);
    asked.forEach(
        (what, value) -> {
          if (!Objects.equals(earlier.get(what), value)) {
            throw new TrainingException(
                "%s is of another %s (%s, not %s); choose another folder with --out"
                    .formatted(save, what, earlier.get(what), value));
          }
        });
    loop.resume(save);
    out.printf("%s: goes on at step %,d%n", distilled.component(), loop.step());
    recipe
        .changesSince(RecipeFile.parse(earlier.get(RECIPE), save.toString()).flat())
        .forEach(change -> out.printf("%s: %s%n", distilled.component(), change));
  }

  private void show(long step) throws IOException {
    HostTensor.Floats pictures = distilled.pictures(options.folder());
    int count = pictures.shape()[0];
    new PictureSheet(Math.min(count, COLUMNS), 2)
        .add(pictures, count)
        .write(options.folder().resolve("progress").resolve("step-%05d.png".formatted(step)));
  }
}
