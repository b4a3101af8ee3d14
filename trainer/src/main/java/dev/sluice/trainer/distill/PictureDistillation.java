package dev.sluice.trainer.distill;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.latent.StableDiffusion;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.train.TrainingLoop;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Pictures distilled for a comparison.
 *
 * @param model its name or folder
 * @param recipe {@link #RECIPE}, changed at will
 * @param texts a picture each
 */
public record PictureDistillation(String model, Recipe recipe, List<String> texts) {

  /** The recipe's name. */
  public static final String RECIPE = DistilledPictures.RECIPE;

  private DistilledPictures open() {
    return new DistilledPictures(StableDiffusion.open(model).requireSquare(), recipe, texts, "");
  }

  /**
   * Distils to the end, or goes on where that was stopped.
   *
   * @param folder of the save
   * @param out is told of the course
   * @return {@code [3, side, side]} in [-1, 1] each
   */
  public List<float[]> run(Path folder, PrintStream out) throws IOException {
    int steps = recipe.integer("steps", 1);
    DistillRun.Options options = new DistillRun.Options(folder, true, steps);
    Map<String, String> asked = Map.of("model", model, "prompt", String.join(" | ", texts));
    new DistillRun(open(), recipe, asked, options, out, false).run();
    try (DistilledPictures made = open()) {
      HostTensor.Floats pictures = made.pictures(folder);
      return IntStream.range(0, texts.size()).mapToObj(i -> pictures.row(i).values()).toList();
    }
  }

  /** A descent whose steps are to be timed. */
  public TrainingLoop loop() {
    DistilledPictures distilled = open();
    return new TrainingLoop(distilled, distilled.settings());
  }
}
