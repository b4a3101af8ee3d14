package dev.sluice.trainer.shapes;

import dev.sluice.catalog.Config;
import dev.sluice.diffusion.math.Resampling;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.system.PhaseContext;
import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Pictures of scenes as a collection of files would have them: of several aspect ratios, some of
 * which were smaller and are enlarged, some larger, and some of which do not fit and are cut, where
 * a part of what their captions say may be lost. What was done is told beside them, as SDXL has it
 * (Podell et al. 2023, sections 2.2 and 2.3).
 *
 * <p>A batch is of one size, and the same whenever it is asked for.
 */
public final class CollectedScenes {

  /** {@code [rows, 6]}: {@link Origin#numbers} of each picture. */
  public static final String ORIGINS = "origins";

  /** {@code [rows]}: how sharp each picture can be, in thousandths. */
  public static final String SHARPNESS = "sharpness";

  private static final String SIZE = "([1-9][0-9]{0,3})x([1-9][0-9]{0,3})";

  private final ShapesBatches batches;
  private final List<Size> sizes = new ArrayList<>();
  private final double cropped;
  private final int mostCropped;
  private final double enlarged;
  private final double smallest;
  private final double reduced;
  private final double largest;

  /** In pixels. */
  record Size(int width, int height) {}

  /**
   * Where a picture comes from.
   *
   * @param original the size of the file
   * @param scaled what that was brought to, before it was cut
   * @param top rows that were cut off above
   * @param left columns that were cut off at the left
   * @param target the picture's own size
   */
  record Origin(Size original, Size scaled, int top, int left, Size target) {

    /** As SDXL is told them: the original's height and width, the cut, the target's. */
    long[] numbers() {
      return new long[] {
        original.height(), original.width(), top, left, target.height(), target.width()
      };
    }

    /** How large the original was beside what it was brought to; 1 if it was no smaller. */
    double sharpness() {
      return Math.min(1, original.width() / (double) scaled.width());
    }
  }

  /**
   * Reads of a phase's {@code pictures} the {@code sizes}, of which each batch has one, and the
   * shares and measures of what befalls pictures.
   */
  public CollectedScenes(PhaseContext context) {
    this.batches = new ShapesBatches(context);
    Recipe recipe = context.own().at("pictures");
    for (String size :
        Config.of(context.own().map("pictures")).strings("sizes", List.<String>of())) {
      sizes.add(size(size));
    }
    if (sizes.isEmpty()) {
      throw new RecipeException(recipe.origin() + ": sizes is empty; name one, as 64x64");
    }
    this.cropped = recipe.number("cropped", 0, 1);
    this.mostCropped = recipe.integer("most-cropped", 1);
    this.enlarged = recipe.number("enlarged", 0, 1);
    this.smallest = recipe.number("smallest", 0.1, 1);
    this.reduced = recipe.number("reduced", 0, 1 - enlarged);
    this.largest = recipe.number("largest", 1, 8);
  }

  private static Size size(String text) {
    if (!text.matches(SIZE)) {
      throw new RecipeException("sizes are of pixels, as 64x64 for width and height; not " + text);
    }
    return new Size(
        Integer.parseInt(text.replaceFirst(SIZE, "$1")),
        Integer.parseInt(text.replaceFirst(SIZE, "$2")));
  }

  /**
   * A batch.
   *
   * @return {@code clean [rows, 3, height, width]} in [-1, 1], {@code tokens [rows, tokens]} of the
   *     captions, {@link #ORIGINS} and {@link #SHARPNESS}
   */
  public Map<String, HostTensor> batch(long number) {
    SceneSampler.Example[] examples = batches.examples(number);
    SplittableRandom random = batches.random(number);
    Size size = sizes.get(random.nextInt(sizes.size()));
    int length = 3 * size.width() * size.height();
    float[] pixels = new float[examples.length * length];
    List<Origin> origins = new ArrayList<>();
    for (int row = 0; row < examples.length; row++) {
      Origin origin = origin(size, random);
      System.arraycopy(
          picture(examples[row].scene(), origin, random), 0, pixels, row * length, length);
      origins.add(origin);
    }
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    batch.put(
        "clean", new HostTensor.Floats(pixels, examples.length, 3, size.height(), size.width()));
    batch.put("tokens", batches.tokens(examples, ShapesBatches.none(examples.length)));
    batch.put(
        ORIGINS,
        new HostTensor.Longs(
            origins.stream().flatMapToLong(o -> Arrays.stream(o.numbers())).toArray(),
            examples.length,
            6));
    batch.put(
        SHARPNESS,
        new HostTensor.Longs(
            origins.stream().mapToLong(o -> Math.round(1000 * o.sharpness())).toArray(),
            examples.length));
    return batch;
  }

  /** Draws what befell a picture. */
  Origin origin(Size target, SplittableRandom random) {
    int surplus = random.nextDouble() < cropped ? random.nextInt(1, mostCropped + 1) : 0;
    boolean across = random.nextBoolean();
    int cut = random.nextInt(surplus + 1);
    Size scaled =
        new Size(target.width() + (across ? surplus : 0), target.height() + (across ? 0 : surplus));
    double kind = random.nextDouble();
    double place = random.nextDouble();
    double scale =
        kind < enlarged
            ? smallest + place * (1 - smallest)
            : kind < enlarged + reduced ? 1 + place * (largest - 1) : 1;
    Size original =
        new Size(
            (int) Math.round(scaled.width() * scale), (int) Math.round(scaled.height() * scale));
    return new Origin(original, scaled, across ? 0 : cut, across ? cut : 0, target);
  }

  /** {@code [3, height, width]} of the target. */
  static float[] picture(Scene scene, Origin origin, SplittableRandom random) {
    Size original = origin.original();
    Size scaled = origin.scaled();
    SceneLayout layout = SceneLayout.sample(scene, scaled.width(), scaled.height(), random);
    float[] drawn =
        Pixels.fromImage(
            SceneRenderer.image(
                scene,
                layout,
                original.width(),
                original.height(),
                AffineTransform.getScaleInstance(
                    original.width() / (double) scaled.width(),
                    original.height() / (double) scaled.height())));
    float[] brought =
        original.equals(scaled)
            ? drawn
            : Resampling.BILINEAR_ANTIALIAS.resize(
                drawn, 3, original.height(), original.width(), scaled.height(), scaled.width());
    return cut(brought, origin);
  }

  private static float[] cut(float[] pixels, Origin origin) {
    int width = origin.target().width();
    int height = origin.target().height();
    float[] cut = new float[3 * width * height];
    for (int row = 0; row < 3 * height; row++) {
      int from = row / height * origin.scaled().height() + origin.top() + row % height;
      System.arraycopy(
          pixels, from * origin.scaled().width() + origin.left(), cut, row * width, width);
    }
    return cut;
  }
}
