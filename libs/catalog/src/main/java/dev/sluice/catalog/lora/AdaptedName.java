package dev.sluice.catalog.lora;

import dev.sluice.catalog.file.PlainName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a model is called in requests: its name, and the low-rank adaptations that are added to it,
 * as in {@code sd15+watercolour:0.8+detail}. No model's own name holds a plus sign.
 *
 * @param model the model's own name
 * @param adaptations in the order in which they are added; none for the model as it is
 */
public record AdaptedName(String model, List<Use> adaptations) {

  /** How much an adaptation may count, either way. */
  public static final double MOST_WEIGHT = 4;

  private static final int MOST_ADAPTATIONS = 8;
  private static final String SEPARATOR = "+";
  private static final Pattern USE =
      Pattern.compile("(?<name>" + PlainName.PATTERN + ")(:(?<weight>-?\\d{1,2}(\\.\\d{1,6})?))?");

  /**
   * An adaptation that is added to a model.
   *
   * @param name of its file
   * @param weight how much it counts, 1 for as much as in its training
   */
  public record Use(String name, double weight) {

    /**
     * Reads one.
     *
     * @param text {@code NAME} or {@code NAME:WEIGHT}
     * @throws IllegalArgumentException if it is neither, or the weight is out of range
     */
    public static Use parse(String text) {
      Matcher matcher = USE.matcher(text);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "\"%s\" is no LoRA; expected NAME or NAME:WEIGHT, such as watercolour:0.8"
                .formatted(shortened(text)));
      }
      String weight = matcher.group("weight");
      return new Use(matcher.group("name"), weight == null ? 1 : Double.parseDouble(weight));
    }

    /** Checks the range. */
    public Use {
      if (!(Math.abs(weight) <= MOST_WEIGHT)) {
        throw new IllegalArgumentException(
            "the weight of LoRA %s is %s; expected %.0f to %.0f"
                .formatted(name, weight, -MOST_WEIGHT, MOST_WEIGHT));
      }
    }

    @Override
    public String toString() {
      return weight == 1 ? name : name + ":" + plain(weight);
    }

    private static String plain(double weight) {
      String digits = String.format(Locale.ROOT, "%.6f", weight);
      return digits.replaceAll("\\.?0+$", "");
    }

    private static String shortened(String text) {
      return text.length() <= PlainName.LONGEST ? text : text.substring(0, PlainName.LONGEST) + "…";
    }
  }

  /** Checks how many there are, and that none counts twice. */
  public AdaptedName {
    adaptations = List.copyOf(adaptations);
    if (adaptations.size() > MOST_ADAPTATIONS) {
      throw new IllegalArgumentException(
          "%d LoRAs are added to model %s; at most %d can be"
              .formatted(adaptations.size(), model, MOST_ADAPTATIONS));
    }
    if (adaptations.stream().map(Use::name).distinct().count() < adaptations.size()) {
      throw new IllegalArgumentException(
          "a LoRA is added to model %s twice: %s; give it the sum of the weights"
              .formatted(model, text(adaptations)));
    }
  }

  /** Whether a name asks for adaptations. */
  public static boolean isAdapted(String name) {
    return name.contains(SEPARATOR);
  }

  /** The model's own name. */
  public static String modelOf(String name) {
    return isAdapted(name) ? name.substring(0, name.indexOf(SEPARATOR)) : name;
  }

  /**
   * Reads a name.
   *
   * @throws IllegalArgumentException if what is added is not understood
   */
  public static AdaptedName parse(String name) {
    List<Use> uses = new ArrayList<>();
    String[] parts = name.split("\\" + SEPARATOR, -1);
    for (int i = 1; i < parts.length; i++) {
      uses.add(Use.parse(parts[i]));
    }
    return new AdaptedName(parts[0], uses);
  }

  private static String text(List<Use> uses) {
    return uses.stream().map(Use::toString).collect(Collectors.joining(SEPARATOR));
  }

  /** The name in its shortest form: what is asked for alike is called alike. */
  @Override
  public String toString() {
    return adaptations.isEmpty() ? model : model + SEPARATOR + text(adaptations);
  }
}
