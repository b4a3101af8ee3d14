package dev.sluice.trainer.evaluate;

import dev.sluice.catalog.Ability;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.local.LocalRun;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.planning.route.PlainRoute;
import dev.sluice.planning.route.Sizes;
import dev.sluice.trainer.data.DataException;
import dev.sluice.trainer.emoji.EmojiClassifier;
import dev.sluice.trainer.emoji.EmojiMeasure;
import dev.sluice.trainer.fashion.FashionClassifier;
import dev.sluice.trainer.fashion.FashionMeasure;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.TrainingException;
import dev.sluice.trainer.system.TrainingRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice evaluate}: how often pictures show what their captions ask for. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Measure how well a trained model draws.",
      "Of the shapes world: how often what captions ask for, which were held out of training; no"
          + " network takes part in the judgement.",
      "Of emoji: how often a classifier of another vendor's drawings knows them, and how near they"
          + " come to those of training.",
      "Of Fashion-MNIST: how near to its test pictures, in the features of fashion-classifier."
    })
public final class EvaluateCommand implements Callable<Integer> {

  private static final int SHEET_COLUMNS = 10;
  private static final int SHEET_SCALE = 2;

  /** The models that ship were measured by one. */
  private static final Map<World, Integer> EACH = Map.of(World.PAIRS, 1, World.GROUPS, 4);

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "NAME|FOLDER",
      defaultValue = "shapes-unclip",
      description = "A folder of models/, or any model folder (default: ${DEFAULT-VALUE}).")
  private String model;

  @Option(
      names = "--captions",
      defaultValue = "100",
      description = "Captions of each kind (default: ${DEFAULT-VALUE}).")
  private int captions;

  @Option(
      names = "--pictures",
      paramLabel = "PICTURES",
      description =
          "Pictures of each caption (default: 4 as GenEval has them; 1 in the world of pairs).")
  private Integer pictures;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Chooses captions and noise (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--sheets",
      paramLabel = "FOLDER",
      description = "Write a sheet of samples of each kind of caption there.")
  private Path sheets;

  @Option(
      names = "--prior-steps",
      paramLabel = "STEPS",
      description = "Steps of the prior (default: the model's own).")
  private Integer priorSteps;

  @Option(
      names = "--prior-guidance",
      paramLabel = "SCALE",
      description = "Guidance of the prior (default: the model's own).")
  private Double priorGuidance;

  @Option(
      names = "--autoregressive-prior",
      description = "Embeddings by the autoregressive prior; it takes no number of steps.")
  private boolean autoregressivePrior;

  @Option(
      names = "--steps",
      paramLabel = "STEPS",
      description = "Steps of the decoder (default: the model's own).")
  private Integer steps;

  @Option(
      names = "--guidance",
      paramLabel = "SCALE",
      description = "Guidance of the decoder (default: the model's own).")
  private Double guidance;

  @Option(
      names = "--temperature",
      paramLabel = "VALUE",
      description = "Of codes, where the model draws them (default: the model's own).")
  private Double temperature;

  @Option(
      names = "--upscaler-steps",
      paramLabel = "STEPS",
      description = "Steps of each super-resolution network (default: the model's own).")
  private Integer upscalerSteps;

  @Option(
      names = "--enlarged-by",
      paramLabel = "NAME|FOLDER",
      description = "A model that enlarges the pictures, told the same captions.")
  private String enlargedBy;

  @Option(
      names = "--batch",
      defaultValue = "16",
      description = "Pictures made at the same time (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--samples",
      defaultValue = "500",
      description = "Samples of Fashion-MNIST in each of three sets (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Option(
      names = "--classifier",
      paramLabel = "DIR",
      description =
          "By which samples are measured (default: "
              + FashionClassifier.FOLDER
              + ", "
              + EmojiClassifier.FOLDER
              + ").")
  private Path classifier;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The folder of Fashion-MNIST, or of npm's packages of emoji.")
  private Path data;

  @Override
  public Integer call() throws IOException {
    try {
      return evaluate();
    } catch (TrainingException | DataException | RecipeException | IllegalArgumentException e) {
      spec.commandLine().getErr().println("sluice: " + e.getMessage());
      return 2;
    }
  }

  private int evaluate() throws IOException {
    Path folder = OtherModel.folder(model);
    String system = TrainingRecord.system(folder).orElse("");
    return system.startsWith("fashion-")
        ? fashion(folder)
        : system.startsWith("emoji") ? emoji(folder) : shapes(folder);
  }

  private Path classifier(String usual) {
    return classifier == null ? OtherModel.home().resolve(usual) : classifier;
  }

  private int emoji(Path folder) throws IOException {
    ModelFolder opened = ModelFolder.open(folder);
    try (EmojiMeasure measure =
            new EmojiMeasure(
                classifier(EmojiClassifier.FOLDER),
                Optional.ofNullable(data),
                System.err::println);
        ServedPictures drawn = new ServedPictures(LocalRun.of(folder), wanted(opened), batch)) {
      EmojiEvaluation evaluation =
          new EmojiEvaluation(measure, drawn, batch, Optional.ofNullable(sheets));
      System.out.print(evaluation.run(captions, seed));
    }
    return 0;
  }

  private int fashion(Path folder) throws IOException {
    SamplingSettings own = PlainRoute.denoising(ModelFolder.open(folder));
    try (FashionMeasure measure =
        new FashionMeasure(classifier(FashionClassifier.FOLDER), Optional.ofNullable(data))) {
      FashionEvaluation evaluation = new FashionEvaluation(measure, samples, seed);
      System.out.print(
          evaluation.table(
              folder,
              Sampling.of(
                  steps == null ? own.getSteps() : steps,
                  guidance == null ? own.getGuidanceScale() : guidance)));
      if (sheets != null) {
        System.out.println(evaluation.writeSheet(sheets).toAbsolutePath());
      }
    }
    return 0;
  }

  private int shapes(Path folder) throws IOException {
    ModelFolder opened = ModelFolder.open(folder);
    if (opened.pipeline().abilities().contains(Ability.SUPER_RESOLUTION)) {
      throw new TrainingException(
          "%s draws nothing by itself; name the model whose pictures it enlarges: --model NAME"
                  .formatted(model)
              + " --enlarged-by "
              + model);
    }
    World world = World.of(folder);
    int each = pictures == null ? EACH.get(world) : pictures;
    if (captions < 1 || each < 1) {
      throw new TrainingException("--captions and --pictures are numbers of at least 1");
    }
    int all = Suite.of(world).size() * captions * each;
    try (ServedPictures drawn = new ServedPictures(LocalRun.of(folder), wanted(opened), batch);
        ServedPictures enlarging = enlarging()) {
      PictureSource source = enlarging == null ? drawn : new EnlargedPictures(drawn, enlarging);
      SampleSheets samples = new SampleSheets();
      AtomicInteger done = new AtomicInteger();
      EvaluationTable table =
          new Evaluation(source, batch)
              .run(
                  world,
                  captions,
                  each,
                  seed,
                  judged -> {
                    samples.add(judged);
                    if (done.incrementAndGet() % batch == 0) {
                      System.err.printf("%d of %d pictures judged%n", done.get(), all);
                    }
                  });
      System.out.println(table.byTask().toMarkdown());
      System.out.print(table.toMarkdown());
      if (sheets != null) {
        samples.write(sheets);
      }
    }
    return 0;
  }

  /** Null where nothing enlarges. */
  private ServedPictures enlarging() {
    return enlargedBy == null
        ? null
        : new ServedPictures(
            LocalRun.of(OtherModel.folder(enlargedBy)),
            GenerationRequest.getDefaultInstance(),
            batch);
  }

  /** What is asked for, but for the captions. */
  private GenerationRequest wanted(ModelFolder model) {
    GenerationRequest.Builder wanted =
        GenerationRequest.newBuilder()
            .setAutoregressivePrior(autoregressivePrior)
            .setDenoiser(sampling(steps, guidance));
    if (temperature != null) {
      wanted.getDenoiserBuilder().setTemperature(temperature);
    }
    if (priorSteps != null || priorGuidance != null) {
      wanted.setPrior(sampling(priorSteps, priorGuidance));
    }
    if (upscalerSteps != null) {
      SamplingSettings upscaling = sampling(upscalerSteps, null);
      wanted.addAllUpscaler(Collections.nCopies(Sizes.enlargements(model), upscaling));
    }
    return wanted.build();
  }

  private static SamplingSettings sampling(Integer steps, Double guidance) {
    SamplingSettings.Builder sampling = SamplingSettings.newBuilder();
    if (steps != null) {
      sampling.setSteps(steps);
    }
    if (guidance != null) {
      sampling.setGuidanceScale(guidance);
    }
    return sampling.build();
  }

  /** The first pictures of each kind of caption. */
  private static final class SampleSheets {

    private static final int MOST = 4 * SHEET_COLUMNS;

    private final Map<Suite, SampleSheet> sheets = new EnumMap<>(Suite.class);

    void add(Evaluation.Judged judged) {
      SampleSheet sheet =
          sheets.computeIfAbsent(
              judged.suite(), suite -> new SampleSheet(SHEET_COLUMNS, SHEET_SCALE));
      if (sheet.size() < MOST) {
        sheet.add(judged);
      }
    }

    void write(Path folder) throws IOException {
      for (Map.Entry<Suite, SampleSheet> sheet : sheets.entrySet()) {
        String name = sheet.getKey().name().toLowerCase(Locale.ROOT).replace('_', '-');
        Path file = folder.resolve(name + ".png");
        sheet.getValue().write(file);
        System.out.println(file.toAbsolutePath());
      }
    }
  }
}
