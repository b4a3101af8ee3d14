package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The manifests have no field that a cluster would drop. */
class SchemaTest {

  @TestFactory
  Stream<DynamicTest> documents_haveKnownFieldsOnly() {
    return Manifests.ALL.stream()
        .flatMap(
            folder ->
                Manifests.of(folder).stream()
                    .map(
                        document ->
                            DynamicTest.dynamicTest(
                                folder + " " + name(document),
                                () -> assertThat(Models.read(document)).isNotNull())));
  }

  @TestFactory
  Stream<DynamicTest> documents_haveNamesOfTheirOwnInOneNamespace() {
    return Manifests.ALL.stream()
        .map(
            folder ->
                DynamicTest.dynamicTest(
                    folder,
                    () -> {
                      List<JsonNode> documents = Manifests.of(folder);
                      assertThat(documents.stream().map(SchemaTest::name)).doesNotHaveDuplicates();
                      assertThat(documents)
                          .allMatch(one -> one.at("/metadata/namespace").asText().equals("sluice"));
                    }));
  }

  /** At any depth, in each kind of document: otherwise the test above finds nothing. */
  @Test
  void aFieldThatNobodyKnowsIsFound() {
    List<String> overlooked = new ArrayList<>();
    int tried = 0;
    for (JsonNode document : Manifests.of(Manifests.EVERYTHING)) {
      for (List<Object> path : objects(document.path("spec"), List.of())) {
        ObjectNode changed = document.deepCopy();
        JsonNode place = changed.path("spec");
        for (Object step : path) {
          place = step instanceof Integer index ? place.path(index) : place.path((String) step);
        }
        ((ObjectNode) place).putObject("misspelt").putArray("x").add(1);
        tried++;
        if (isRead(changed)) {
          overlooked.add(name(document) + " " + path);
        }
      }
    }

    assertThat(tried).isGreaterThan(300);
    assertThat(overlooked).as("places where anything is taken").isEmpty();
  }

  private static boolean isRead(JsonNode document) {
    try {
      Models.read(document);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Where the objects of a document are, maps of free keys left out. */
  private static List<List<Object>> objects(JsonNode node, List<Object> path) {
    List<List<Object>> found = new ArrayList<>();
    if (node instanceof ObjectNode object) {
      found.add(path);
      object
          .properties()
          .forEach(field -> found.addAll(objects(field.getValue(), with(path, field.getKey()))));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        found.addAll(objects(array.get(i), with(path, i)));
      }
    }
    return found;
  }

  private static List<Object> with(List<Object> path, Object step) {
    List<Object> longer = new ArrayList<>(path);
    longer.add(step);
    return longer;
  }

  static String name(JsonNode document) {
    return document.path("kind").asText() + "/" + document.at("/metadata/name").asText();
  }
}
