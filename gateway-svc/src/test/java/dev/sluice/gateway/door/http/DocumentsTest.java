package dev.sluice.gateway.door.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.Stages;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.contract.v1.Task;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents that describe the doors say what there is. */
class DocumentsTest {

  private static JsonNode document(String name) throws Exception {
    try (InputStream file = DocumentsTest.class.getResourceAsStream("/META-INF/" + name)) {
      return new YAMLMapper().readTree(file);
    }
  }

  @Test
  void openApi_namesEveryEndpointAndNoOther() throws Exception {
    Set<String> named = new TreeSet<>();
    document("openapi.yaml")
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method -> named.add(method.toUpperCase() + " " + path.getKey())));

    assertThat(named).isEqualTo(new TreeSet<>(List.of(Endpoint.all().split(", "))));
  }

  @Test
  void openApi_refersToWhatIsThere() throws Exception {
    JsonNode document = document("openapi.yaml");
    Set<String> added = Set.of("#/components/schemas/GenerationRequest");

    assertThat(references(document))
        .isNotEmpty()
        .allMatch(
            place -> added.contains(place) || !document.at(place.substring(1)).isMissingNode());
  }

  @Test
  void asyncApi_namesEveryTopicAndNoOther() throws Exception {
    Set<String> topics = new TreeSet<>();
    for (Field constant : Topics.class.getFields()) {
      if (Modifier.isStatic(constant.getModifiers()) && constant.getType() == String.class) {
        topics.add((String) constant.get(null));
      }
    }
    Set<String> tasks = Stages.ALL.stream().map(Topics::tasks).collect(Collectors.toSet());
    topics.addAll(tasks);
    Stream.concat(Stream.of(Topics.REQUESTS), tasks.stream())
        .map(Topics::deadLetters)
        .forEach(topics::add);

    assertThat(addresses(document("resources/asyncapi.yaml"))).isEqualTo(topics);
  }

  private static Set<String> addresses(JsonNode document) {
    Set<String> addresses = new TreeSet<>();
    for (JsonNode channel : document.get("channels")) {
      String address = channel.get("address").asText();
      if (!channel.has("parameters")) {
        addresses.add(address);
      }
      channel
          .path("parameters")
          .properties()
          .forEach(
              parameter ->
                  parameter
                      .getValue()
                      .get("enum")
                      .forEach(
                          value ->
                              addresses.add(
                                  address.replace(
                                      "{" + parameter.getKey() + "}", value.asText()))));
    }
    return addresses;
  }

  @Test
  void asyncApi_namesMessagesOfTheContract() throws Exception {
    JsonNode document = document("resources/asyncapi.yaml");
    Set<String> known =
        Stream.of(
                GenerationRequest.getDescriptor(),
                Task.getDescriptor(),
                StageStatus.getDescriptor())
            .map(Descriptor::getFile)
            .map(FileDescriptor::getMessageTypes)
            .flatMap(List::stream)
            .map(Descriptor::getFullName)
            .collect(Collectors.toSet());

    document
        .at("/components/messages")
        .properties()
        .forEach(
            message -> {
              String name = message.getValue().get("name").asText();
              assertThat(known).contains(name);
              assertThat(name).endsWith("." + message.getKey());
            });
    assertThat(references(document))
        .isNotEmpty()
        .noneMatch(place -> document.at(place.substring(1)).isMissingNode());
  }

  @Test
  void asyncApi_showsARequestThatCanBeRead() throws Exception {
    JsonNode example =
        document("resources/asyncapi.yaml")
            .at("/components/messages/GenerationRequest/examples/0/payload");
    GenerationRequest.Builder request = GenerationRequest.newBuilder();

    JsonFormat.parser().merge(example.toString(), request);

    assertThat(request.getRequestId()).isEqualTo("hello");
  }

  private static List<String> references(JsonNode node) {
    List<String> found = new ArrayList<>();
    node.findValues("$ref").forEach(place -> found.add(place.asText()));
    return found;
  }
}
