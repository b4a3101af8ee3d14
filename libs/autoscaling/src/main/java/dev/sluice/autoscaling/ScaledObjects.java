package dev.sluice.autoscaling;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads ScaledObjects from YAML. */
public final class ScaledObjects {

  private static final YAMLMapper YAML = new YAMLMapper();

  private ScaledObjects() {}

  /**
   * Those among the documents of a file, whatever else is there: of what {@code kubectl kustomize}
   * prints, say.
   *
   * @return by the name of what they scale
   * @throws IllegalArgumentException if there is none or one cannot be read, with a sentence
   * @throws IOException if the file cannot be read
   */
  public static Map<String, ScaledObject> of(Path file) throws IOException {
    return read(documents(file), file);
  }

  /**
   * Those of a kustomize component, whose patch holds what they have in common.
   *
   * @param own a file of ScaledObjects
   * @param common the patch, which changes all of them
   */
  public static Map<String, ScaledObject> patched(Path own, Path common) throws IOException {
    List<JsonNode> documents = new ArrayList<>();
    for (JsonNode document : documents(own)) {
      JsonNode patched = document;
      for (JsonNode patch : documents(common)) {
        // The patch names none of them: its name is dropped for theirs.
        JsonNode spec = YAML.createObjectNode().set("spec", patch.get("spec"));
        patched = YAML.readerForUpdating(patched).readValue(spec);
      }
      documents.add(patched);
    }
    return read(documents, own);
  }

  /**
   * @throws IllegalArgumentException if it has a field that is not known, or lacks one
   */
  public static ScaledObject of(JsonNode document) {
    try {
      ScaledObject object = YAML.treeToValue(document, ScaledObject.class);
      requireComplete(object);
      return object;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }

  private static List<JsonNode> documents(Path file) throws IOException {
    try {
      return YAML.readerFor(JsonNode.class).<JsonNode>readValues(Files.readString(file)).readAll();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s is no YAML: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  private static Map<String, ScaledObject> read(List<JsonNode> documents, Path file) {
    Map<String, ScaledObject> objects = new LinkedHashMap<>();
    for (JsonNode document : documents) {
      if (document.path("kind").asText().equals("ScaledObject")) {
        try {
          ScaledObject object = of(document);
          objects.put(object.spec().scaleTargetRef().name(), object);
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(
              "The ScaledObject %s of %s cannot be read: %s"
                  .formatted(
                      document.path("metadata").path("name").asText("without a name"),
                      file,
                      e.getMessage()),
              e);
        }
      }
    }
    if (objects.isEmpty()) {
      throw new IllegalArgumentException("There is no ScaledObject in " + file + ".");
    }
    return objects;
  }

  private static void requireComplete(ScaledObject object) {
    ScaledObject.Spec spec = object.spec();
    require(spec != null && spec.scaleTargetRef() != null, "spec.scaleTargetRef");
    require(spec.pollingInterval() > 0, "spec.pollingInterval");
    require(spec.maxReplicaCount() > 0, "spec.maxReplicaCount");
    require(spec.fallback() != null, "spec.fallback");
    require(
        spec.advanced() != null
            && spec.advanced().horizontalPodAutoscalerConfig() != null
            && spec.behavior() != null
            && spec.behavior().scaleUp() != null
            && spec.behavior().scaleDown() != null,
        "spec.advanced.horizontalPodAutoscalerConfig.behavior");
    require(
        spec.triggers() != null
            && spec.triggers().size() == 1
            && spec.triggers().get(0).metadata() != null,
        "spec.triggers, one");
  }

  private static void require(boolean there, String what) {
    if (!there) {
      throw new IllegalArgumentException("it needs " + what);
    }
  }
}
