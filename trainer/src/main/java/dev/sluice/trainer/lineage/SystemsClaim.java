package dev.sluice.trainer.lineage;

import dev.sluice.catalog.ComponentCheck;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.ModelInspection;
import dev.sluice.planning.route.PlainRoute;
import dev.sluice.trainer.evaluate.EnlargedPictures;
import dev.sluice.trainer.evaluate.EvaluationTable;
import dev.sluice.trainer.evaluate.PictureSource;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.evaluate.ServedPictures;
import dev.sluice.trainer.evaluate.Suite;
import dev.sluice.trainer.evaluate.Task;
import dev.sluice.trainer.lineage.report.Plot;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.measure.ClipFeatures;
import dev.sluice.trainer.measure.FrechetDistance;
import dev.sluice.trainer.measure.ManifoldOverlap;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.measure.Vectors;
import dev.sluice.trainer.shapes.Captions;
import dev.sluice.trainer.shapes.Scene;
import dev.sluice.trainer.shapes.SceneLayout;
import dev.sluice.trainer.shapes.SceneRenderer;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.TrainingRecord;
import dev.sluice.trainer.truth.SceneJudge;
import dev.sluice.trainer.truth.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The systems that draw the shapes world side by side: the same captions, which were held out of
 * training, each model sampled as it ships, all judged alike, with what training and a picture
 * cost.
 */
final class SystemsClaim implements Claim {

  private static final int AT_ONCE = 16;
  private static final int SHOWN = 12;
  private static final int NEIGHBOURS = 3;
  private static final int TIMED = 3;

  /** Its CLIP looks at all pictures. */
  private static final String EYES = "shapes-unclip";

  private static final List<Suite> HELD_OUT =
      List.of(Suite.SINGLE_NEW_COMBINATION, Suite.SINGLE_NEW_CONCEPT, Suite.PAIR_NEW_COMBINATION);

  /** What draws, by year. */
  private enum Drawn {
    VQ("shapes-vq", "VQ-VAE-2, 2019"),
    GLIDE("shapes-glide", "GLIDE, 2021"),
    LATENT_DIFFUSION("shapes-ldm", "latent diffusion, 2022"),
    UNCLIP("shapes-unclip", "unCLIP, 2022"),
    IMAGEN("shapes-imagen", "Imagen, 2022"),
    SDS("shapes-sds", "score distillation, 2022"),
    SDXL("shapes-sdxl", "SDXL, 2023"),
    TURBO("shapes-turbo", "adversarial distillation, 2023"),
    SD3("shapes-sd3", "Stable Diffusion 3, 2024");

    private final String model;
    private final String title;

    Drawn(String model, String title) {
      this.model = model;
      this.title = title;
    }

    Path folder(Path models) {
      return models.resolve(model);
    }

    /** The model of the system's second stage; there is none where no folder is. */
    Path enlarging(Path models) {
      return models.resolve(model + "-64");
    }
  }

  @Override
  public String name() {
    return "systems";
  }

  @Override
  public List<String> models() {
    return List.of("shapes-unclip");
  }

  @Override
  public void run(Setup setup) throws IOException {
    List<Drawn> there =
        Stream.of(Drawn.values())
            .filter(drawn -> Files.isDirectory(drawn.folder(setup.models())))
            .toList();
    if (there.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has none of %s"
              .formatted(setup.models(), Stream.of(Drawn.values()).map(d -> d.model).toList()));
    }
    try (Comparison comparison = new Comparison(setup)) {
      comparison.addReal();
      for (Drawn drawn : there) {
        comparison.add(drawn);
      }
    }
  }

  /** Counting is asked for in the larger world only. */
  private static final List<Task> TASKS =
      Stream.of(Task.values()).filter(task -> task != Task.COUNTING).toList();

  private static final class Comparison implements AutoCloseable {

    private final Setup setup;
    private final long seed;
    private final ClipFeatures eyes;
    private final Map<Suite, List<Scene>> scenes = new EnumMap<>(Suite.class);
    private final Vectors real;
    private final Table table;
    private final Plot plot = new Plot("processor minutes of training", "all right (%)", true);
    private final PictureSheet sheet = new PictureSheet(SHOWN, 2);

    Comparison(Setup setup) {
      this.setup = setup;
      this.seed = setup.seeds().get(0);
      this.eyes = new ClipFeatures(setup.models().resolve(EYES));
      int each = Math.max(2, setup.samples() / HELD_OUT.size());
      HELD_OUT.forEach(suite -> scenes.put(suite, suite.scenes(World.PAIRS, each, seed)));
      this.real = eyes.look(rendered(0));
      this.table =
          new Table(
              setup.out().resolve("systems.md"),
              "%d captions that were held out of training, a picture each, in percent"
                  .formatted(all().size()),
              Stream.of(
                      Stream.of("system", "million weights", "processor minutes", "steps"),
                      Stream.of("seconds a picture"),
                      TASKS.stream().map(Task::title),
                      Stream.of("all right", "95 % interval"),
                      Stream.of("Fréchet distance", "precision", "recall"))
                  .flatMap(columns -> columns)
                  .toArray(String[]::new));
    }

    private List<Scene> all() {
      return scenes.values().stream().flatMap(List::stream).toList();
    }

    /**
     * @param again which pictures of the same scenes
     */
    private List<float[]> rendered(int again) {
      SplittableRandom random = new SplittableRandom(seed * 31 + again);
      return all().stream()
          .map(scene -> SceneRenderer.pixels(scene, SceneLayout.sample(scene, random)))
          .toList();
    }

    /** What real pictures score is the best that can be had. */
    void addReal() throws IOException {
      row(rendered(1), "(real pictures)", "", "", "", "");
    }

    void add(Drawn drawn) throws IOException {
      Path folder = drawn.folder(setup.models());
      try (ServedPictures drawing = served(folder);
          ServedPictures enlarging = served(drawn.enlarging(setup.models()))) {
        PictureSource source =
            enlarging == null ? drawing : new EnlargedPictures(drawing, enlarging);
        List<String> captions = all().stream().map(Captions::canonical).toList();
        List<float[]> pictures = new ArrayList<>();
        for (int start = 0; start < captions.size(); start += AT_ONCE) {
          pictures.addAll(
              source.pictures(
                  captions.subList(start, Math.min(captions.size(), start + AT_ONCE)),
                  seeds(start)));
        }
        OptionalDouble minutes = TrainingRecord.processorMinutes(folder);
        double right =
            row(
                pictures,
                drawn.title,
                ModelInspection.of(folder, ComponentCheck.NONE).parameters() / 1e6,
                minutes.isPresent() ? minutes.getAsDouble() : "",
                PlainRoute.denoising(ModelFolder.open(folder)).getSteps(),
                seconds(source, captions));
        if (minutes.orElse(0) > 0) {
          plot.point(drawn.title, minutes.getAsDouble(), right)
              .write(setup.out().resolve("systems-plot.png"));
        }
        sheet
            .add(HeldOut.first(spread(pictures), SHOWN), SHOWN)
            .write(setup.out().resolve("systems-samples.png"));
      }
    }

    /** Null where no model lies. */
    private static ServedPictures served(Path folder) {
      return Files.isDirectory(folder) ? ServedPictures.of(folder, AT_ONCE) : null;
    }

    private long[] seeds(int start) {
      return LongStream.range(start, start + AT_ONCE).map(i -> seed * 1_000_003L + i).toArray();
    }

    /** The mean of pictures that nothing else is worked on beside. */
    private double seconds(PictureSource source, List<String> captions) {
      long start = System.nanoTime();
      for (int i = 0; i < TIMED; i++) {
        source.pictures(captions.subList(i, i + 1), seeds(i));
      }
      return (System.nanoTime() - start) / 1e9 / TIMED;
    }

    /** Some of every suite. */
    private List<float[]> spread(List<float[]> pictures) {
      return IntStream.range(0, Math.min(SHOWN, pictures.size()))
          .mapToObj(i -> pictures.get(i * pictures.size() / Math.min(SHOWN, pictures.size())))
          .toList();
    }

    /** The share of pictures of which all is right, in percent. */
    private double row(List<float[]> pictures, Object... cost) throws IOException {
      EvaluationTable judged = judged(pictures);
      Proportion right =
          HELD_OUT.stream().map(judged::all).reduce(new Proportion(0, 0), Proportion::plus);
      Vectors made = eyes.look(pictures);
      ManifoldOverlap overlap = ManifoldOverlap.of(real, made, NEIGHBOURS);
      List<Object> cells = new ArrayList<>(Arrays.asList(cost));
      for (Task task : TASKS) {
        cells.add(100 * judged.byTask().of(task).share());
      }
      cells.add(100 * right.share());
      cells.add(GlideClaim.interval(right));
      cells.add(FrechetDistance.between(real, made));
      cells.add(overlap.precision());
      cells.add(overlap.recall());
      table.row(cells.toArray());
      return 100 * right.share();
    }

    private EvaluationTable judged(List<float[]> pictures) {
      Map<Suite, List<Verdict>> verdicts = new EnumMap<>(Suite.class);
      Iterator<float[]> next = pictures.iterator();
      scenes.forEach(
          (suite, asked) ->
              verdicts.put(
                  suite, asked.stream().map(s -> SceneJudge.judge(s, next.next())).toList()));
      return new EvaluationTable(verdicts);
    }

    @Override
    public void close() {
      eyes.close();
    }
  }
}
