package dev.sluice.launcher.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.sluice.contract.v1.ImageGenerationGrpc;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the doors say of themselves, and whether they keep to it. */
class DocumentsIT extends SystemTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static HttpResponse<String> get(String path) throws Exception {
    return ask(HttpRequest.newBuilder(URI.create("http://" + address().http() + path)));
  }

  private static HttpResponse<String> ask(HttpRequest.Builder request) throws Exception {
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NORMAL)
        .build()
        .send(request.build(), BodyHandlers.ofString());
  }

  private static JsonNode openApi() throws Exception {
    return JSON.readTree(get("/q/openapi?format=json").body());
  }

  @Test
  void openApi_hasTheRequestsAsTheirReaderTakesThem() throws Exception {
    JsonNode request = openApi().at("/components/schemas/GenerationRequest/properties");

    assertThat(request.has("prompt")).isTrue();
    assertThat(request.at("/denoiser/$ref").asText())
        .isEqualTo("#/components/schemas/SamplingSettings");
    assertThat(openApi().at("/components/schemas/SamplingSettings/properties/steps/description"))
        .hasToString("\"A whole number from 1 to 1000.\"");
  }

  @Test
  void swaggerUi_showsTheDocumentWithoutOtherServers() throws Exception {
    HttpResponse<String> page = get("/q/swagger-ui/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("swagger-ui").doesNotContain("src=\"http");
  }

  @Test
  void asyncApi_isServed() throws Exception {
    assertThat(get("/asyncapi.yaml").body()).startsWith("asyncapi: 3.0.0");
  }

  @Test
  void answers_areAsTheDocumentSays() throws Exception {
    JsonNode document = openApi();
    String pictures =
        ask(HttpRequest.newBuilder(
                    URI.create("http://" + address().http() + "/v1/images/generations"))
                .header("content-type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"model\": \"%s\", \"prompt\": \"a red circle\", \"seed\": 7, \"steps\": 3}"
                            .formatted(SharedInstance.SHAPES))))
            .body();
    requireFits(document, "Images", JSON.readTree(pictures));

    String generation =
        ask(HttpRequest.newBuilder(URI.create("http://" + address().http() + "/v1/generations"))
                .POST(
                    BodyPublishers.ofString(
                        "{\"model\": \"%s\", \"prompt\": \"a red circle\", \"steps\": 3}"
                            .formatted(SharedInstance.SHAPES))))
            .body();
    requireFits(document, "Generation", JSON.readTree(generation));
    requireFits(document, "Model", JSON.readTree(get("/v1/models").body()).at("/data/0"));
    requireFits(document, "Error", JSON.readTree(get("/v1/models/no-such").body()));
  }

  /** Everything in the answer has a property of its name, and what is required is there. */
  private static void requireFits(JsonNode document, String schema, JsonNode answer) {
    fits(document, document.at("/components/schemas/" + schema), answer, schema);
  }

  private static void fits(JsonNode document, JsonNode given, JsonNode answer, String place) {
    JsonNode schema =
        given.has("$ref") ? document.at(given.get("$ref").asText().substring(1)) : given;
    if (answer.isArray()) {
      answer.forEach(item -> fits(document, schema.get("items"), item, place + "[]"));
    }
    if (!answer.isObject() || !schema.has("properties")) {
      return;
    }
    Set<String> known = new HashSet<>();
    schema.get("properties").fieldNames().forEachRemaining(known::add);
    answer
        .properties()
        .forEach(
            property -> {
              assertThat(known).as(place).contains(property.getKey());
              fits(
                  document,
                  schema.get("properties").get(property.getKey()),
                  property.getValue(),
                  place + "." + property.getKey());
            });
    schema
        .path("required")
        .forEach(
            name ->
                assertThat(answer.has(name.asText())).as("%s.%s", place, name.asText()).isTrue());
  }

  @Test
  void reflection_tellsTheServiceAndItsFile() throws Exception {
    ServerReflectionResponse list =
        reflect(ServerReflectionRequest.newBuilder().setListServices("").build());
    assertThat(list.getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains(ImageGenerationGrpc.SERVICE_NAME);

    ServerReflectionResponse file =
        reflect(
            ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol(ImageGenerationGrpc.SERVICE_NAME)
                .build());
    assertThat(
            FileDescriptorProto.parseFrom(
                    file.getFileDescriptorResponse().getFileDescriptorProto(0))
                .getServiceList())
        .anyMatch(service -> service.getName().equals("ImageGeneration"));
  }

  private static ServerReflectionResponse reflect(ServerReflectionRequest request)
      throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> call =
        ServerReflectionGrpc.newStub(channel())
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable error) {
                    answer.completeExceptionally(error);
                  }

                  @Override
                  public void onCompleted() {
                    // The answer came before.
                  }
                });
    call.onNext(request);
    call.onCompleted();
    return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void health_isServing() {
    assertThat(
            HealthGrpc.newBlockingStub(channel())
                .check(
                    HealthCheckRequest.newBuilder()
                        .setService(ImageGenerationGrpc.SERVICE_NAME)
                        .build())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }
}
