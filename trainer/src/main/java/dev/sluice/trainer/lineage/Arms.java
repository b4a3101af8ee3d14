package dev.sluice.trainer.lineage;

import dev.sluice.catalog.Config;
import dev.sluice.networks.graph.GraphWork;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.system.TrainingRecord;
import dev.sluice.trainer.system.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trains what a comparison is of; what was trained before is taken as it is. */
final class Arms {

  private static final int EVERY = 200;

  private final Setup setup;

  Arms(Setup setup) {
    this.setup = setup;
  }

  /**
   * A trained arm.
   *
   * @param model its folder
   * @param minutes of the processor that its training took, all cores added; 0 if it is not known
   */
  record Arm(Path model, double minutes) {}

  /**
   * What arms have from elsewhere in place of training it.
   *
   * @param model that has it
   * @param component of it
   * @param phase the only one that is left to be trained
   */
  record Borrowed(Path model, String component, String phase) {}

  /**
   * Trains an arm, or goes on where it stopped.
   *
   * @param settings what makes it differ from the system's recipe
   */
  Arm train(TrainedSystem system, String name, List<String> settings) throws IOException {
    return train(system, name, settings, Optional.empty());
  }

  /** The same beside a component that all arms share. */
  Arm train(TrainedSystem system, String name, List<String> settings, Borrowed borrowed)
      throws IOException {
    OtherModel.copy(
        OtherModel.component(borrowed.model().toString(), borrowed.component()),
        model(name).resolve(borrowed.component()));
    return train(system, name, settings, Optional.of(borrowed.phase()));
  }

  /**
   * What an arm is trained by.
   *
   * @param settings what makes it differ from the system's recipe
   */
  Recipe recipe(TrainedSystem system, List<String> settings) {
    Recipe recipe = RecipeFile.shipped(system.name());
    for (String setting : setup.settings()) {
      recipe = RecipeFile.with(recipe, setting);
    }
    for (String setting : settings) {
      recipe = RecipeFile.with(recipe, setting);
    }
    return recipe;
  }

  /**
   * What one call of a UNet that is told a text computes for one picture, by which arms are given
   * steps of equal cost.
   *
   * @param unet its config
   * @param tokens of the text
   * @param width of a token
   * @return floating-point operations, two for each multiplication
   */
  static double operations(Config unet, int tokens, int width) {
    int side = unet.integer("sample_size");
    int channels = unet.integer("in_channels");
    return GraphWork.of(
        new UNet2DConditionModel(unet),
        Map.of(
            "sample",
            new HostTensor.Floats(new float[channels * side * side], 1, channels, side, side),
            "timestep",
            new HostTensor.Floats(new float[1], 1),
            "encoder_hidden_states",
            new HostTensor.Floats(new float[tokens * width], 1, tokens, width),
            // Read only by a network that is told the level of a second noise.
            "class_labels",
            new HostTensor.Floats(new float[1], 1)));
  }

  /** Steps that cost as much as the setup's do with another network. */
  int steps(double others, double operations) {
    return Math.max(1, (int) Math.round(setup.steps() * others / operations));
  }

  private Path model(String name) {
    return setup.work().resolve(name).resolve("model");
  }

  private Arm train(
      TrainedSystem system, String name, List<String> settings, Optional<String> phase)
      throws IOException {
    Path model = model(name);
    System.err.printf("%s %s%n", name, settings);
    new TrainingRun(
            system,
            recipe(system, settings),
            new TrainingRun.Options(
                model,
                setup.work().resolve(name).resolve("work"),
                setup.data(),
                Optional.empty(),
                Optional.empty(),
                true,
                phase,
                EVERY,
                EVERY),
            System.err,
            false)
        .run();
    return new Arm(model, TrainingRecord.processorMinutes(model).orElse(0));
  }
}
