package dev.sluice.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.catalog.file.InvalidConfigException;
import dev.sluice.catalog.file.ModelFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A {@code config.json}: typed reading with defaults. Old checkpoints have sparse configs; a key
 * that is absent or null takes the default, a value of the wrong type is an error that names file
 * and key.
 */
public final class Config {

  /** Above all that a network counts, and small enough for a graph of it to be looked at. */
  private static final int LARGEST = 1 << 24;

  /** Of what is built one after the other. */
  private static final int MOST_LAYERS = 1000;

  private final JsonNode root;
  private final String origin;

  private Config(JsonNode root, String origin) {
    this.root = root;
    this.origin = origin;
  }

  /** Reads a JSON file. */
  public static Config read(Path file) {
    return read(file, file.toString());
  }

  /**
   * Reads a JSON file.
   *
   * @param origin what it is called in messages
   */
  static Config read(Path file, String origin) {
    return new Config(ModelFile.json(file, origin), origin);
  }

  /** A config given as key and value pairs. */
  public static Config of(Map<String, ?> values) {
    return new Config(ModelFile.JSON.valueToTree(values), "config");
  }

  /** The file this was read from, for error messages. */
  public String origin() {
    return origin;
  }

  /** The keys and values as plain Java objects. */
  public Map<String, Object> asMap() {
    return ModelFile.JSON.convertValue(
        root, new com.fasterxml.jackson.core.type.TypeReference<Map<String, Object>>() {});
  }

  /** The value of a key as JSON; empty where it is absent. */
  public String json(String key) {
    return root.path(key).toString();
  }

  /** Whether two configs say the same of a key, absence included. */
  public boolean agreesWith(Config other, String key) {
    return root.path(key).equals(other.root.path(key));
  }

  /** Whether the key is there and not null. */
  public boolean has(String key) {
    return root.hasNonNull(key);
  }

  /** Whether the key is there with the value null, where that says something else than absence. */
  public boolean isNull(String key) {
    return root.has(key) && root.get(key).isNull();
  }

  public int integer(String key, int whenAbsent) {
    return has(key) ? asInt(root.get(key), key) : whenAbsent;
  }

  /** An integer that must be there. */
  public int integer(String key) {
    return asInt(require(key), key);
  }

  /** How many there are of something that must be, 1 or more. */
  public int count(String key, int whenAbsent) {
    return has(key) ? asCount(root.get(key), key) : whenAbsent;
  }

  /** As above, of a key that must be there. */
  public int count(String key) {
    return asCount(require(key), key);
  }

  /** A list of {@link #count}s, one or more. */
  public List<Integer> counts(String key, List<Integer> whenAbsent) {
    if (!has(key)) {
      return whenAbsent;
    }
    List<Integer> values = new ArrayList<>();
    for (JsonNode node : list(key)) {
      values.add(asCount(node, key));
    }
    if (values.isEmpty()) {
      throw wrongType(key, "a list with a value for each level", root.get(key));
    }
    return List.copyOf(values);
  }

  /** A list of {@link #count}s, or {@code size} times the one given. */
  public List<Integer> counts(String key, int size, int whenAbsent) {
    return isList(key) ? counts(key, List.of()) : Collections.nCopies(size, count(key, whenAbsent));
  }

  public double number(String key, double whenAbsent) {
    if (!has(key)) {
      return whenAbsent;
    }
    JsonNode node = root.get(key);
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw wrongType(key, "a number", node);
    }
    return node.doubleValue();
  }

  public boolean bool(String key, boolean whenAbsent) {
    if (!has(key)) {
      return whenAbsent;
    }
    JsonNode node = root.get(key);
    if (!node.isBoolean()) {
      throw wrongType(key, "true or false", node);
    }
    return node.booleanValue();
  }

  public String string(String key, String whenAbsent) {
    if (!has(key)) {
      return whenAbsent;
    }
    JsonNode node = root.get(key);
    if (!node.isTextual()) {
      throw wrongType(key, "a string", node);
    }
    return node.textValue();
  }

  /** A string that must be there. */
  public String string(String key) {
    require(key);
    return string(key, null);
  }

  /**
   * The classes this names: diffusers' {@code _class_name}, which may be a list, or transformers'
   * {@code architectures}. Of a list, the last is the most particular.
   *
   * @throws InvalidConfigException if it names none
   */
  public List<String> classNames() {
    List<String> names =
        has("_class_name")
            ? isList("_class_name")
                ? strings("_class_name", List.of())
                : List.of(string("_class_name"))
            : strings("architectures", List.of());
    if (names.isEmpty()) {
      throw new InvalidConfigException(
          origin + ": names no class, neither in _class_name nor in architectures");
    }
    return names;
  }

  /** The last of {@link #classNames()} that is known; the last of all if none is. */
  String className(Predicate<String> known) {
    List<String> names = classNames();
    for (int i = names.size() - 1; i >= 0; i--) {
      if (known.test(names.get(i))) {
        return names.get(i);
      }
    }
    return names.get(names.size() - 1);
  }

  /** The network class this names. */
  public String networkClass() {
    return className(name -> NetworkClass.find(name).isPresent());
  }

  public boolean isList(String key) {
    return has(key) && root.get(key).isArray();
  }

  public List<Integer> integers(String key, List<Integer> whenAbsent) {
    if (!has(key)) {
      return whenAbsent;
    }
    List<Integer> values = new ArrayList<>();
    for (JsonNode node : list(key)) {
      values.add(asInt(node, key));
    }
    return List.copyOf(values);
  }

  public List<Double> numbers(String key, List<Double> whenAbsent) {
    if (!has(key)) {
      return whenAbsent;
    }
    List<Double> values = new ArrayList<>();
    for (JsonNode node : list(key)) {
      if (!node.isNumber()) {
        throw wrongType(key, "a list of numbers", node);
      }
      values.add(node.doubleValue());
    }
    return List.copyOf(values);
  }

  public List<String> strings(String key, List<String> whenAbsent) {
    if (!has(key)) {
      return whenAbsent;
    }
    List<String> values = new ArrayList<>();
    for (JsonNode node : list(key)) {
      if (!node.isTextual()) {
        throw wrongType(key, "a list of strings", node);
      }
      values.add(node.textValue());
    }
    return List.copyOf(values);
  }

  /** A list of booleans, or {@code count} times the one given. */
  public List<Boolean> bools(String key, int count, boolean whenAbsent) {
    if (!isList(key)) {
      return Collections.nCopies(count, bool(key, whenAbsent));
    }
    List<Boolean> values = new ArrayList<>();
    for (JsonNode node : list(key)) {
      values.add(node.asBoolean());
    }
    return List.copyOf(values);
  }

  private JsonNode list(String key) {
    JsonNode node = root.get(key);
    if (!node.isArray()) {
      throw wrongType(key, "a list", node);
    }
    return node;
  }

  private JsonNode require(String key) {
    if (!has(key)) {
      throw new InvalidConfigException(origin + ": the key \"" + key + "\" is missing");
    }
    return root.get(key);
  }

  private int asInt(JsonNode node, String key) {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw wrongType(key, "an integer", node);
    }
    int value = node.intValue();
    int most = key.contains("layers") ? MOST_LAYERS : LARGEST;
    if (value < -LARGEST || value > most) {
      throw wrongType(key, "an integer of at most %,d".formatted(most), node);
    }
    return value;
  }

  private int asCount(JsonNode node, String key) {
    int value = asInt(node, key);
    if (value < 1) {
      throw wrongType(key, "1 or more", node);
    }
    return value;
  }

  private InvalidConfigException wrongType(String key, String expected, JsonNode found) {
    return new InvalidConfigException(
        "%s: \"%s\" must be %s, found %s".formatted(origin, key, expected, found));
  }
}
