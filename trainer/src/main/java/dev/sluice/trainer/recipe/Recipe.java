package dev.sluice.trainer.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Every number of a training, by key; keys of inner tables are joined by dots, as in {@code
 * phases.unet.optimizer.rate}. Typed reading: a key that is absent, or a value that is none of what
 * is asked for, is an error that names both.
 */
public final class Recipe {

  private final ObjectNode values;
  private final String origin;

  Recipe(ObjectNode values, String origin) {
    this.values = values;
    this.origin = origin;
  }

  /** Where it was read, for messages; inner tables have their key in it. */
  public String origin() {
    return origin;
  }

  /** The table at a key. */
  public Recipe at(String key) {
    JsonNode node = require(key);
    if (!(node instanceof ObjectNode table)) {
      throw wrong(key, "a table of keys and values", node);
    }
    return new Recipe(table, origin + ": " + key);
  }

  /** The keys here, in their order. */
  public List<String> keys() {
    List<String> keys = new ArrayList<>();
    values.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  public boolean has(String key) {
    return !find(key).isMissingNode();
  }

  /** A finite number. */
  public double number(String key) {
    JsonNode node = require(key);
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw wrong(key, "a number", node);
    }
    return node.doubleValue();
  }

  /** A number in a range, both ends allowed. */
  public double number(String key, double least, double most) {
    double value = number(key);
    if (!(value >= least && value <= most)) {
      throw wrong(key, "a number from " + least + " to " + most, require(key));
    }
    return value;
  }

  /** An integer of at least {@code least}. */
  public int integer(String key, int least) {
    JsonNode node = require(key);
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < least) {
      throw wrong(key, "an integer of at least " + least, node);
    }
    return node.intValue();
  }

  /** Any integer. */
  public long integer(String key) {
    JsonNode node = require(key);
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw wrong(key, "an integer", node);
    }
    return node.longValue();
  }

  public boolean bool(String key) {
    JsonNode node = require(key);
    if (!node.isBoolean()) {
      throw wrong(key, "true or false", node);
    }
    return node.booleanValue();
  }

  public String string(String key) {
    JsonNode node = require(key);
    if (!node.isTextual()) {
      throw wrong(key, "a text", node);
    }
    return node.textValue();
  }

  /** One of an enum's constants, in lower case with {@code -} for {@code _}. */
  public <E extends Enum<E>> E choice(String key, Class<E> choices) {
    String name = string(key);
    List<String> known = new ArrayList<>();
    for (E choice : choices.getEnumConstants()) {
      known.add(nameOf(choice));
      if (nameOf(choice).equals(name)) {
        return choice;
      }
    }
    throw wrong(key, "one of " + String.join(", ", known), require(key));
  }

  private static String nameOf(Enum<?> choice) {
    return choice.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /** The table at a key as plain Java objects, for a component's config. */
  public Map<String, Object> map(String key) {
    return RecipeFile.plain(at(key).values);
  }

  /** All values by their whole keys, as YAML writes them; lists are one value. */
  public Map<String, String> flat() {
    Map<String, String> flat = new LinkedHashMap<>();
    flatten("", values, flat);
    return flat;
  }

  private static void flatten(String prefix, ObjectNode table, Map<String, String> flat) {
    Iterator<Map.Entry<String, JsonNode>> fields = table.fields();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> field = fields.next();
      if (field.getValue() instanceof ObjectNode inner) {
        flatten(prefix + field.getKey() + ".", inner, flat);
      } else {
        flat.put(prefix + field.getKey(), field.getValue().toString());
      }
    }
  }

  /**
   * What differs from an earlier {@link #flat()}, a line each.
   *
   * @return empty where nothing does
   */
  public List<String> changesSince(Map<String, String> earlier) {
    Map<String, String> now = flat();
    Map<String, String> all = new TreeMap<>(earlier);
    all.putAll(now);
    return all.keySet().stream()
        .filter(key -> !String.valueOf(now.get(key)).equals(String.valueOf(earlier.get(key))))
        .map(
            key ->
                "%s: %s, was %s"
                    .formatted(
                        key,
                        now.getOrDefault(key, "not there"),
                        earlier.getOrDefault(key, "not there")))
        .collect(Collectors.toList());
  }

  ObjectNode values() {
    return values;
  }

  private JsonNode find(String key) {
    JsonNode node = values;
    for (String part : key.split("\\.")) {
      node = node.path(part);
    }
    return node;
  }

  private JsonNode require(String key) {
    JsonNode node = find(key);
    if (node.isMissingNode()) {
      throw new RecipeException(
          "%s: the key %s is missing; there are %s".formatted(origin, key, keys()));
    }
    return node;
  }

  private RecipeException wrong(String key, String expected, JsonNode found) {
    return new RecipeException("%s: %s must be %s, is %s".formatted(origin, key, expected, found));
  }
}
