package dev.sluice.trainer;

import dev.sluice.trainer.data.DataException;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.recipe.RecipeOptions;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.system.TrainingException;
import dev.sluice.trainer.system.TrainingRun;
import dev.sluice.trainer.train.LowRank;
import dev.sluice.trainer.train.NonFiniteException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice train}: trains one of our systems. */
@Command(
    name = "train",
    description = {
      "Train a model. All its numbers are in its recipe: train SYSTEM --help shows it.",
      "A training that was stopped goes on with --resume."
    })
public final class TrainCommand implements Callable<Integer> {

  private static final int FAILED = 1;
  private static final int WRONG = 2;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", arity = "0..1", paramLabel = "SYSTEM", description = "What to train.")
  private String name;

  @Option(
      names = {"-h", "--help"},
      description = "Show this, and the recipe of the system.")
  private boolean help;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The folder of the training data (default: as the recipe says).")
  private Path data;

  @Option(
      names = "--init",
      paramLabel = "FOLDER",
      description = "A model to go on from: its components' weights in place of new ones.")
  private Path init;

  @Option(
      names = "--lora",
      paramLabel = "RANK",
      description = {
        "Train products of this rank beside the matrices of --init, and not those (LoRA).",
        "--out gets the sum, and the products alone in pytorch_lora_weights.safetensors."
      })
  private Integer lora;

  @Option(
      names = "--lora-targets",
      paramLabel = "REGEX",
      defaultValue = LowRank.ATTENTION,
      description = "Ends of the names of layers that get a product (default: ${DEFAULT-VALUE}).")
  private String loraTargets;

  @Mixin private RecipeOptions changes;

  @Option(names = "--resume", description = "Go on from the last save.")
  private boolean resume;

  @Option(
      names = "--phase",
      paramLabel = "NAME",
      description = "Train this phase only (default: all, in order).")
  private String phase;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "The model folder to write (default: models/SYSTEM; of what only measures,"
              + " trainer/measures/SYSTEM).")
  private Path out;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description =
          "The folder of saves and of TensorBoard's event files"
              + " (default: .sluice/training/SYSTEM).")
  private Path work;

  @Option(
      names = "--save-every",
      paramLabel = "STEPS",
      defaultValue = "500",
      description = "Steps between saves (default: ${DEFAULT-VALUE}).")
  private int saveEvery;

  @Option(
      names = "--report-every",
      paramLabel = "STEPS",
      defaultValue = "50",
      description = "Steps between reports (default: ${DEFAULT-VALUE}).")
  private int reportEvery;

  @Override
  public Integer call() throws IOException {
    try {
      if (help || name == null) {
        return showHelp();
      }
      return train(Systems.named(name));
    } catch (RecipeException
        | TrainingException
        | DataException
        | IllegalArgumentException
        | NonFiniteException e) {
      spec.commandLine().getErr().println("sluice: " + e.getMessage());
      return e instanceof NonFiniteException ? FAILED : WRONG;
    }
  }

  private int showHelp() {
    spec.commandLine().usage(spec.commandLine().getOut());
    if (name != null) {
      TrainedSystem system = Systems.named(name);
      spec.commandLine()
          .getOut()
          .printf("%n%s%n%s%n", system.paper(), RecipeFile.text(system.name()));
    } else {
      Systems.ALL.forEach(
          system ->
              spec.commandLine().getOut().printf("  %-18s %s%n", system.name(), system.paper()));
    }
    return 0;
  }

  private int train(TrainedSystem system) throws IOException {
    if (saveEvery < 1 || reportEvery < 1) {
      throw new TrainingException("--save-every and --report-every are steps, at least 1");
    }
    Recipe recipe = changes.applied(RecipeFile.shipped(system.name()));
    TrainingRun run =
        new TrainingRun(
            system,
            recipe,
            new TrainingRun.Options(
                out == null ? system.folder() : out,
                work == null ? Path.of(".sluice", "training", system.name()) : work,
                Optional.ofNullable(data),
                Optional.ofNullable(init),
                Optional.ofNullable(lora).map(rank -> LowRank.of(rank, loraTargets)),
                resume,
                Optional.ofNullable(phase),
                saveEvery,
                reportEvery),
            System.err,
            Boolean.getBoolean("sluice.terminal"));
    return run.runUntilSignalled() ? 0 : FAILED;
  }
}
