package dev.sluice.trainer.distill;

import dev.sluice.networks.graph.OpThreads;
import dev.sluice.trainer.latent.StableDiffusion;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.recipe.RecipeOptions;
import dev.sluice.trainer.system.TrainingException;
import dev.sluice.trainer.train.NonFiniteException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice distill}: finds what a model takes for what a text says. */
@Command(
    name = "distill",
    description = {
      "Find a picture, or a scene in three dimensions, that a model takes for what a text says: by"
          + " descent under its judgement (score distillation, as in DreamFusion), not by sampling.",
      "Any StableDiffusionPipeline can judge. All numbers are in a recipe, which --help shows; what"
          + " was stopped goes on with --resume."
    })
public final class DistillCommand implements Callable<Integer> {

  private static final int FAILED = 1;
  private static final int WRONG = 2;

  /** It tells of graphics cards that it does not find. Held, as the manager of loggers forgets. */
  private static final Logger TOKENIZERS = Logger.getLogger("ai.djl");

  private static final String PICTURE = "picture";
  private static final String SCENE = "scene";

  /** The longest part of a folder's name that is of the text. */
  private static final int LONGEST_NAME = 40;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      description = "Show this, and the recipe of what --what says.")
  private boolean help;

  @Option(
      names = "--model",
      paramLabel = "NAME|FOLDER",
      defaultValue = "shapes-ldm",
      description =
          "What judges: a folder of models/, or any model folder (default: ${DEFAULT-VALUE}).")
  private String model;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What is to be seen; given again, further pictures beside the first.")
  private List<String> prompts = new ArrayList<>();

  @Option(
      names = "--negative-prompt",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "What is not to be seen.")
  private String negative;

  @Option(
      names = "--what",
      paramLabel = "picture|scene",
      defaultValue = PICTURE,
      description =
          "A picture, or a scene that is looked at from all around (default: ${DEFAULT-VALUE}).")
  private String what;

  @Option(
      names = "--view",
      paramLabel = "DIRECTION=TEXT",
      description =
          "Of a scene: what is to be seen from the side, from the back or from above, where that is"
              + " something else than from the front, as --prompt says it.")
  private Map<String, String> views = new LinkedHashMap<>();

  @Mixin private RecipeOptions changes;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = {
        "The folder of results: the picture, or a turntable and its frames; progress; the save"
            + " (default: distilled/ and the prompt)."
      })
  private Path out;

  @Option(
      names = "--every",
      paramLabel = "STEPS",
      defaultValue = "50",
      description =
          "Steps between saves, each with a picture of how far it is (default: ${DEFAULT-VALUE}).")
  private int every;

  @Option(names = "--resume", description = "Go on from the save in the folder of results.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    try {
      String recipe = recipeName();
      if (help) {
        spec.commandLine().usage(spec.commandLine().getOut());
        spec.commandLine().getOut().printf("%n%s%n", RecipeFile.text(recipe));
        return 0;
      }
      return distill(RecipeFile.shipped(recipe));
    } catch (RecipeException
        | TrainingException
        | IllegalArgumentException
        | NonFiniteException e) {
      spec.commandLine().getErr().println("sluice: " + e.getMessage());
      return e instanceof NonFiniteException ? FAILED : WRONG;
    }
  }

  private String recipeName() {
    return switch (what) {
      case PICTURE -> DistilledPictures.RECIPE;
      case SCENE -> DistilledScene.RECIPE;
      default ->
          throw new TrainingException(
              "--what %s is nothing that can be distilled; choose %s or %s"
                  .formatted(what, PICTURE, SCENE));
    };
  }

  private int distill(Recipe shipped) throws IOException {
    if (prompts.isEmpty() || prompts.stream().anyMatch(String::isBlank)) {
      throw new TrainingException("say what is to be seen: --prompt \"a red circle\"");
    }
    if (every < 1) {
      throw new TrainingException("--every is steps, at least 1");
    }
    Recipe recipe = changes.applied(shipped);
    TOKENIZERS.setLevel(Level.SEVERE);
    int threads = recipe.integer("threads", 0);
    if (threads > 0) {
      OpThreads.set(threads);
    }
    DistillRun.Options options =
        new DistillRun.Options(out == null ? usualFolder() : out, resume, every);
    DistillRun.requireNoSave(options);
    DistillRun run =
        new DistillRun(
            distilled(recipe),
            recipe,
            asked(),
            options,
            System.err,
            Boolean.getBoolean("sluice.terminal"));
    return run.runUntilSignalled() ? 0 : FAILED;
  }

  private Distilled distilled(Recipe recipe) {
    if (what.equals(PICTURE)) {
      if (!views.isEmpty()) {
        throw new TrainingException("--view is of a scene; a picture is looked at from one side");
      }
      return new DistilledPictures(
          StableDiffusion.open(model).requireSquare(), recipe, prompts, negative);
    }
    if (prompts.size() > 1) {
      throw new TrainingException(
          "a scene has one --prompt; what is seen from elsewhere is said by --view back=TEXT");
    }
    return new DistilledScene(
        StableDiffusion.open(model).requireSquare(), recipe, directions(), negative);
  }

  private Map<Direction, String> directions() {
    Map<Direction, String> texts = new EnumMap<>(Direction.class);
    texts.put(Direction.FRONT, prompts.get(0));
    views.forEach(
        (word, text) -> {
          if (!Direction.words().contains(word)) {
            throw new TrainingException(
                "--view %s is no direction; there are %s".formatted(word, Direction.words()));
          }
          texts.put(Direction.valueOf(word.toUpperCase(Locale.ROOT)), text);
        });
    return texts;
  }

  /** What a save is of. */
  private Map<String, String> asked() {
    Map<String, String> asked = new LinkedHashMap<>();
    asked.put("kind", what);
    asked.put("model", model);
    asked.put("prompt", String.join(" | ", prompts));
    asked.put("negative prompt", negative);
    asked.put("view", views.toString());
    return asked;
  }

  private Path usualFolder() {
    String name = prompts.get(0).toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "-");
    String cut = name.substring(0, Math.min(LONGEST_NAME, name.length()));
    return Path.of("distilled", cut.replaceAll("^-|-$", "") + (what.equals(SCENE) ? "-scene" : ""));
  }
}
