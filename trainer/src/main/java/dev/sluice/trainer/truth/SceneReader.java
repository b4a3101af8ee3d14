package dev.sluice.trainer.truth;

import dev.sluice.trainer.shapes.Background;
import dev.sluice.trainer.shapes.Pixels;
import dev.sluice.trainer.shapes.Shape;
import dev.sluice.trainer.shapes.ShapeColor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a picture back into objects.
 *
 * <p>The background is the median of the border. What differs from it, in connected regions, is an
 * object; a region of several palette colors is several objects that touch. An object's color is
 * the median of its inner pixels, since its edge mixes with the background. How far every pixel has
 * gone from the background to that color is its coverage, and the coverage decides the shape.
 *
 * <p>Mild blur and noise, as generated pictures have them, do not change the result.
 */
public final class SceneReader {

  /** Difference from the background, in unit RGB, from which on a pixel belongs to an object. */
  private static final double STANDS_OUT = 0.16;

  /** A color further than this from every color of the palette is none of them. */
  private static final double COLOR_TOLERANCE = 0.27;

  /** Regions of fewer pixels are specks; the least object, a small star, has over 100. */
  private static final int LEAST_AREA = 36;

  /** Share of a region's inner pixels from which on a second color is a second object. */
  private static final double LEAST_COLOR_SHARE = 0.2;

  /** Below this overlap with its best fitting shape a region is no shape at all. */
  private static final double LEAST_FIT = 0.72;

  /** How much of a pixel at the edge an object must cover to be cut there. */
  private static final float CUT = 0.5f;

  private final Picture picture;
  private final Picture smooth;
  private final Regions regions;

  private SceneReader(Picture picture) {
    this.picture = picture;
    this.smooth = picture.smoothed();
    this.regions = new Regions(picture.grid());
  }

  /**
   * Finds background and objects.
   *
   * @param pixels {@code [3, 64, 64]} in [-1, 1], or a half or a quarter of that size, which is
   *     enlarged; values outside are clamped
   */
  public static SceneReading read(float[] pixels) {
    int side = Pixels.side(pixels);
    return read(pixels, side, side);
  }

  /**
   * The same of a picture that need not be square.
   *
   * @param pixels {@code [3, height, width]} in [-1, 1], the shorter side as {@link #read(float[])}
   *     takes it
   * @return places and sizes in pixels of a picture whose shorter side is 64
   */
  public static SceneReading read(float[] pixels, int width, int height) {
    return new SceneReader(Picture.of(pixels, width, height)).read();
  }

  private SceneReading read() {
    Grid grid = picture.grid();
    Rgb ground = picture.median(grid.border(2));
    BitSet outstanding = new BitSet(grid.pixels());
    for (int p = 0; p < grid.pixels(); p++) {
      outstanding.set(p, smooth.at(p).distance(ground) > STANDS_OUT);
    }
    List<SeenObject> objects = new ArrayList<>();
    for (BitSet region : regions.connected(outstanding)) {
      if (region.cardinality() < LEAST_AREA) {
        continue;
      }
      for (BitSet part : splitByColor(region)) {
        objects.add(describe(part, reach(part, outstanding), ground));
      }
    }
    objects.sort(Comparator.comparingDouble(SeenObject::diameter).reversed());
    return new SceneReading(nearestBackground(ground), objects);
  }

  /** Separates objects that touch: one part per color that fills a good share of the inside. */
  private List<BitSet> splitByColor(BitSet region) {
    BitSet core = regions.eroded(regions.eroded(region));
    Map<ShapeColor, Integer> votes = new EnumMap<>(ShapeColor.class);
    core.stream()
        .forEach(p -> nearestColor(smooth.at(p)).ifPresent(c -> votes.merge(c, 1, Integer::sum)));
    double quorum = Math.max(LEAST_AREA / 3.0, LEAST_COLOR_SHARE * core.cardinality());
    List<ShapeColor> present =
        votes.entrySet().stream()
            .filter(vote -> vote.getValue() >= quorum)
            .map(Map.Entry::getKey)
            .toList();
    if (present.size() < 2) {
      return List.of(region);
    }
    Map<ShapeColor, BitSet> parts = new EnumMap<>(ShapeColor.class);
    present.forEach(color -> parts.put(color, new BitSet(picture.grid().pixels())));
    region.stream()
        .forEach(
            p -> {
              ShapeColor nearest =
                  present.stream()
                      .min(
                          Comparator.comparingDouble(c -> Rgb.of(c.color()).distance(smooth.at(p))))
                      .orElseThrow();
              parts.get(nearest).set(p);
            });
    // The mixed pixels of an edge may look like the other color: only solid pieces count.
    List<BitSet> solid = new ArrayList<>();
    for (BitSet part : parts.values()) {
      regions.connected(part).stream()
          .filter(piece -> piece.cardinality() >= LEAST_AREA)
          .filter(piece -> regions.eroded(piece).cardinality() >= LEAST_AREA / 3)
          .forEach(solid::add);
    }
    return solid.size() < 2 ? List.of(region) : solid;
  }

  /** An object's pixels and those of its rim, but none that stand out as part of another object. */
  private BitSet reach(BitSet part, BitSet outstanding) {
    BitSet rim = regions.dilated(part);
    rim.andNot(outstanding);
    rim.or(part);
    return rim;
  }

  private SeenObject describe(BitSet region, BitSet reach, Rgb ground) {
    Rgb color = picture.median(innerPixels(region, ground));
    float[] coverage = coverage(reach, ground, color);
    ShapeMatcher.Match match = ShapeMatcher.best(picture.grid(), coverage);
    Optional<Shape> shape =
        match.overlap() >= LEAST_FIT ? Optional.of(match.shape()) : Optional.empty();
    return new SeenObject(
        shape,
        nearestColor(color),
        match.x(),
        match.y(),
        match.diameter(),
        match.overlap(),
        Arrays.stream(picture.grid().border(1)).anyMatch(p -> coverage[p] > CUT));
  }

  /** The half of a region's pixels that differ most from the background. */
  private int[] innerPixels(BitSet region, Rgb ground) {
    BitSet core = regions.eroded(region);
    BitSet from = core.cardinality() >= LEAST_AREA / 3 ? core : region;
    int[] byContrast =
        from.stream()
            .boxed()
            .sorted(
                Comparator.comparingDouble((Integer p) -> picture.at(p).distance(ground))
                    .reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    return Arrays.copyOf(byContrast, Math.max(1, (byContrast.length + 1) / 2));
  }

  /** How far each pixel of a region lies on the way from ground to color. */
  private float[] coverage(BitSet region, Rgb ground, Rgb color) {
    Rgb way = color.minus(ground);
    double length = way.dot(way);
    float[] mask = new float[picture.grid().pixels()];
    region.stream()
        .forEach(
            p -> {
              double share = picture.at(p).minus(ground).dot(way) / length;
              mask[p] = (float) Math.max(0, Math.min(1, share));
            });
    return mask;
  }

  private static Optional<ShapeColor> nearestColor(Rgb color) {
    return Arrays.stream(ShapeColor.values())
        .min(Comparator.comparingDouble(c -> Rgb.of(c.color()).distance(color)))
        .filter(c -> Rgb.of(c.color()).distance(color) <= COLOR_TOLERANCE);
  }

  private static Optional<Background> nearestBackground(Rgb color) {
    return Arrays.stream(Background.values())
        .min(Comparator.comparingDouble(b -> Rgb.of(b.color()).distance(color)))
        .filter(b -> Rgb.of(b.color()).distance(color) <= COLOR_TOLERANCE);
  }
}
