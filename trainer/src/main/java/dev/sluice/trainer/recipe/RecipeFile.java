package dev.sluice.trainer.recipe;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * A recipe as it ships, and changes of it. What ships is the schema: a change must name a key that
 * is there, and be of the same kind.
 */
public final class RecipeFile {

  private static final String PHASES = "phases";
  private static final String EVERY_PHASE = "every-phase";

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private RecipeFile() {}

  /**
   * The text of a shipped recipe, comments and all.
   *
   * @throws RecipeException if there is none of that name
   */
  public static String text(String name) {
    String resource = "/recipes/" + name + ".yaml";
    try (InputStream file = RecipeFile.class.getResourceAsStream(resource)) {
      if (file == null) {
        throw new RecipeException("no recipe " + name + " ships");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new RecipeException(resource + " cannot be read: " + e.getMessage());
    }
  }

  /** A shipped recipe, unchanged. */
  public static Recipe shipped(String name) {
    return parse(text(name), name + ".yaml");
  }

  /**
   * A recipe of one's own, whatever its keys. What stands under {@code every-phase} is what each of
   * {@code phases} has unless it says otherwise.
   */
  public static Recipe parse(String yaml, String origin) {
    ObjectNode values = table(yaml, origin);
    if (values.remove(EVERY_PHASE) instanceof ObjectNode common
        && values.get(PHASES) instanceof ObjectNode phases) {
      List<String> names = new ArrayList<>();
      phases.fieldNames().forEachRemaining(names::add);
      names.forEach(name -> phases.set(name, joined(common, phases.get(name))));
    }
    return new Recipe(values, origin);
  }

  private static JsonNode joined(ObjectNode common, JsonNode own) {
    ObjectNode joined = common.deepCopy();
    if (own instanceof ObjectNode table) {
      Iterator<Map.Entry<String, JsonNode>> fields = table.fields();
      while (fields.hasNext()) {
        Map.Entry<String, JsonNode> field = fields.next();
        joined.set(
            field.getKey(),
            joined.get(field.getKey()) instanceof ObjectNode inner
                ? joined(inner, field.getValue())
                : field.getValue());
      }
    }
    return joined;
  }

  /**
   * A recipe with a file's values in place of its own.
   *
   * @throws RecipeException when the file cannot be read, has a key that the recipe lacks, or a
   *     value of another kind
   */
  public static Recipe with(Recipe recipe, Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new RecipeException(
          "%s cannot be read (%s); --config takes a YAML file"
              .formatted(file, e.getClass().getSimpleName()));
    }
    ObjectNode changed = recipe.values().deepCopy();
    overlay(changed, table(text, file.toString()), "", file.toString());
    return new Recipe(changed, recipe.origin());
  }

  /**
   * A recipe with one value in place of its own.
   *
   * @param assignment {@code key=value}, the value as YAML would have it
   * @throws RecipeException when it is none, names no key of the recipe, or is of another kind
   */
  public static Recipe with(Recipe recipe, String assignment) {
    int at = assignment.indexOf('=');
    if (at < 1) {
      throw new RecipeException(
          "'%s' sets nothing; write key=value, such as seed=2".formatted(assignment));
    }
    String key = assignment.substring(0, at).strip();
    JsonNode value = read(assignment.substring(at + 1), "--set " + key);
    ObjectNode tree = YAML.createObjectNode();
    ObjectNode inner = tree;
    String[] parts = key.split("\\.");
    for (int i = 0; i < parts.length - 1; i++) {
      inner = inner.putObject(parts[i]);
    }
    inner.set(parts[parts.length - 1], value);
    ObjectNode changed = recipe.values().deepCopy();
    overlay(changed, tree, "", "--set " + key);
    return new Recipe(changed, recipe.origin());
  }

  /** The whole of a recipe as YAML. */
  public static String write(Recipe recipe) {
    try {
      return YAML.writeValueAsString(recipe.values());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static Map<String, Object> plain(ObjectNode table) {
    return YAML.convertValue(table, new TypeReference<Map<String, Object>>() {});
  }

  private static ObjectNode table(String yaml, String origin) {
    JsonNode node = read(yaml, origin);
    if (!(node instanceof ObjectNode table)) {
      throw new RecipeException(origin + ": must be a table of keys and values");
    }
    return table;
  }

  private static JsonNode read(String yaml, String origin) {
    try {
      return YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
      throw new RecipeException(
          "%s: is no YAML%s: %s".formatted(origin, where, e.getOriginalMessage()));
    }
  }

  private static void overlay(ObjectNode base, ObjectNode change, String prefix, String origin) {
    Iterator<Map.Entry<String, JsonNode>> fields = change.fields();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> field = fields.next();
      String key = prefix + field.getKey();
      JsonNode old = base.get(field.getKey());
      if (old == null) {
        List<String> known = new ArrayList<>();
        base.fieldNames().forEachRemaining(known::add);
        throw new RecipeException(
            "%s: the recipe has no key %s; %s there are %s"
                .formatted(
                    origin,
                    key,
                    prefix.isEmpty() ? "" : "under " + prefix.replaceAll("\\.$", ""),
                    known));
      }
      JsonNode value = old.isNumber() ? number(field.getValue()) : field.getValue();
      if (old instanceof ObjectNode table && value instanceof ObjectNode inner) {
        overlay(table, inner, key + ".", origin);
      } else if (alike(old, value)) {
        base.set(field.getKey(), value);
      } else {
        throw new RecipeException(
            "%s: %s must be %s as in the recipe (%s), is %s"
                .formatted(origin, key, kind(old), old, value));
      }
    }
  }

  /** YAML takes 1e-4 for a text, as its numbers have a point; nobody means that. */
  private static JsonNode number(JsonNode value) {
    if (value.isTextual()) {
      try {
        return DoubleNode.valueOf(Double.parseDouble(value.textValue()));
      } catch (NumberFormatException e) {
        return value;
      }
    }
    return value;
  }

  private static boolean alike(JsonNode old, JsonNode value) {
    // Nothing can stand for anything: what needs a value says so when it is read.
    return value.isNull() || old.isNull() || kind(old).equals(kind(value));
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case NUMBER -> "a number";
      case STRING -> "a text";
      case BOOLEAN -> "true or false";
      case ARRAY -> "a list";
      case OBJECT -> "a table";
      default -> "a value";
    };
  }
}
