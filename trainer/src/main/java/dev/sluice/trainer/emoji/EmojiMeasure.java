package dev.sluice.trainer.emoji;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.planning.picture.Pixels;
import dev.sluice.trainer.measure.Nearest;
import dev.sluice.trainer.measure.PictureFeatures;
import dev.sluice.trainer.measure.Vectors;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What pictures of emoji show, by a classifier that knows another vendor's drawings, and how near
 * they come to what a model was trained on.
 *
 * <p>Distances are between pictures of 32x32, as the root of the mean square of [-1, 1].
 */
public final class EmojiMeasure implements AutoCloseable {

  /** A color is new to a thing that is this many degrees from it. */
  private static final double NEW_COLOR = 60;

  private static final int AMONG = 5;

  private final PictureFeatures classifier;
  private final Map<String, Integer> classes = new HashMap<>();

  /** Null where the vendor whose pictures are measured has none. */
  private final List<Emoji> byClass = new ArrayList<>();

  private final EmojiSet set;
  private final List<String> unpainted;
  private final List<Known> known = new ArrayList<>();
  private final Vectors knownPixels;

  /**
   * Reads the set that the system {@code emoji} is about.
   *
   * @param folder that {@code train emoji-classifier} writes
   * @param data the folder of npm's packages; empty for the system's own
   * @param told of files that are passed over
   */
  public EmojiMeasure(Path folder, Optional<Path> data, Consumer<String> told) throws IOException {
    Recipe recipe = RecipeFile.shipped("emoji");
    this.set = EmojiLdm.set(recipe, data, told);
    this.unpainted = EmojiExamples.neverPainted(recipe);
    this.classifier = new PictureFeatures(folder);
    readClasses(folder.resolve(EmojiClassifier.CLASSES));
    for (Emoji emoji : set.training().all()) {
      known.add(new Known(EmojiCaptions.of(emoji), emoji, EmojiExamples.onWhite(emoji)));
      hue(emoji)
          .ifPresent(
              hue ->
                  PlainColor.HUES.stream()
                      .filter(color -> !EmojiExamples.isHeldOut(emoji, color))
                      .forEach(
                          color ->
                              known.add(
                                  new Known(
                                      EmojiCaptions.of(emoji, color),
                                      emoji,
                                      painted(emoji, hue, color)))));
    }
    this.knownPixels = pixels(known.stream().map(Known::picture).toList());
  }

  private void readClasses(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "%s is not there: the classifier is none of emoji; run train emoji-classifier first"
              .formatted(file));
    }
    for (JsonNode code : new ObjectMapper().readTree(file.toFile()).path(EmojiClassifier.CODES)) {
      classes.put(code.asText(), classes.size());
      byClass.add(
          set.all().stream()
              .filter(emoji -> emoji.code().equals(code.asText()))
              .findFirst()
              .orElse(null));
    }
  }

  /**
   * A picture that training shows, on white.
   *
   * @param caption the plain one
   * @param picture {@code [3, 64, 64]} in [-1, 1]
   */
  public record Known(String caption, Emoji emoji, float[] picture) {}

  /**
   * What is asked for.
   *
   * @param color that it shall have; empty for its own
   * @param real what it looks like, which the model was shown or not, {@code [3, 64, 64]}
   */
  public record Asked(String caption, Emoji emoji, Optional<PlainColor> color, float[] real) {}

  private OptionalDouble hue(Emoji emoji) {
    return unpainted.contains(emoji.category()) ? OptionalDouble.empty() : Hues.of(emoji.pixels());
  }

  private static float[] painted(Emoji emoji, double hue, PlainColor color) {
    return EmojiExamples.onto(Hues.painted(emoji.pixels(), hue, color.hue()), 0xFFFFFF);
  }

  /** Some of what was trained, in the words of training. */
  public List<Asked> trained(int most, long seed) {
    return some(set.training().all().stream().map(EmojiMeasure::asItIs).toList(), most, seed);
  }

  /** What was held out: names that were never read, of things never seen. */
  public List<Asked> heldOut(int most, long seed) {
    return some(set.heldOut().all().stream().map(EmojiMeasure::asItIs).toList(), most, seed);
  }

  /** Things that were trained, in colors that they never had. */
  public List<Asked> newColors(int most, long seed) {
    List<Asked> all = new ArrayList<>();
    for (Emoji emoji : set.training().all()) {
      OptionalDouble hue = hue(emoji);
      for (PlainColor color : PlainColor.HUES) {
        if (hue.isPresent()
            && Hues.apart(hue.getAsDouble(), color.hue()) > NEW_COLOR
            && EmojiExamples.isHeldOut(emoji, color)) {
          all.add(
              new Asked(
                  EmojiCaptions.of(emoji, color),
                  emoji,
                  Optional.of(color),
                  painted(emoji, hue.getAsDouble(), color)));
        }
      }
    }
    return some(all, most, seed);
  }

  private static Asked asItIs(Emoji emoji) {
    return new Asked(
        EmojiCaptions.of(emoji), emoji, Optional.empty(), EmojiExamples.onWhite(emoji));
  }

  private List<Asked> some(List<Asked> all, int most, long seed) {
    List<Asked> chosen =
        new ArrayList<>(
            all.stream().filter(asked -> classes.containsKey(asked.emoji().code())).toList());
    Collections.shuffle(chosen, new Random(seed));
    return List.copyOf(chosen.subList(0, Math.min(most, chosen.size())));
  }

  /**
   * How many of some pictures show what was asked for.
   *
   * @param first by what the classifier takes for likeliest, of all emoji
   * @param amongFive by its five likeliest
   * @param kind as {@code first}, where another of its subcategory is right too
   * @param colored of the color that was asked for, where one was
   */
  public record Recognized(int first, int amongFive, int kind, int colored) {}

  /** What the classifier makes of pictures, {@code [3, 64, 64]} in [-1, 1]. */
  public Recognized recognized(List<Asked> asked, List<float[]> pictures) {
    PictureFeatures.Seen seen = classifier.look(reduced(pictures));
    int first = 0;
    int amongFive = 0;
    int kind = 0;
    int colored = 0;
    for (int i = 0; i < asked.size(); i++) {
      Emoji emoji = asked.get(i).emoji();
      int rank = seen.rank(i, classes.get(emoji.code()));
      Emoji taken = byClass.get(seen.classes()[i]);
      float[] picture = pictures.get(i);
      first += rank == 0 ? 1 : 0;
      amongFive += rank < AMONG ? 1 : 0;
      kind += taken != null && taken.subcategory().equals(emoji.subcategory()) ? 1 : 0;
      colored +=
          asked.get(i).color().map(color -> Hues.nearest(opaque(picture)) == color).orElse(false)
              ? 1
              : 0;
    }
    return new Recognized(first, amongFive, kind, colored);
  }

  private static Pixels opaque(float[] picture) {
    int area = EmojiSet.SIDE * EmojiSet.SIDE;
    int[] argb = new int[area];
    for (int i = 0; i < area; i++) {
      int color = 0xff;
      for (int channel = 0; channel < 3; channel++) {
        int value = Math.round((picture[channel * area + i] + 1) * 127.5f);
        color = color << 8 | Math.max(0, Math.min(255, value));
      }
      argb[i] = color;
    }
    return new Pixels(EmojiSet.SIDE, EmojiSet.SIDE, argb);
  }

  /** The nearest of the {@link #known} to each of some pictures. */
  public Nearest nearest(List<float[]> pictures) {
    return Nearest.of(pixels(pictures), knownPixels);
  }

  /** What training shows, in the order of {@link #nearest}. */
  public List<Known> known() {
    return known;
  }

  private static Vectors pixels(List<float[]> pictures) {
    HostTensor.Floats reduced = reduced(pictures);
    return new Vectors(reduced.values(), reduced.values().length / pictures.size());
  }

  private static HostTensor.Floats reduced(List<float[]> pictures) {
    int length = 3 * EmojiClassifier.SIDE * EmojiClassifier.SIDE;
    float[] values = new float[pictures.size() * length];
    for (int i = 0; i < pictures.size(); i++) {
      System.arraycopy(EmojiClassifier.reduced(pictures.get(i)), 0, values, i * length, length);
    }
    return new HostTensor.Floats(
        values, pictures.size(), 3, EmojiClassifier.SIDE, EmojiClassifier.SIDE);
  }

  /** How many kinds of emoji the classifier tells apart. */
  public int classes() {
    return classifier.classes();
  }

  @Override
  public void close() {
    classifier.close();
  }
}
