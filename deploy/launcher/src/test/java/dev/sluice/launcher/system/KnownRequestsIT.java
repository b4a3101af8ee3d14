package dev.sluice.launcher.system;

import static dev.sluice.launcher.system.SharedInstance.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationState;
import dev.sluice.contract.v1.GenerationStatus;
import dev.sluice.contract.v1.GetGenerationRequest;
import dev.sluice.contract.v1.ImageGenerationGrpc;
import dev.sluice.contract.v1.ListGenerationsReply;
import dev.sluice.contract.v1.ListGenerationsRequest;
import dev.sluice.launcher.instance.Service;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Requests that are asked for after they were accepted. */
class KnownRequestsIT extends SystemTest {

  /** Of a Kafka client's, too: what is known of requests lies in Kafka and the blob store. */
  @Test
  void aRequestIsKnownToAGatewayThatHasJustStarted() throws Exception {
    write(Topics.REQUESTS, null, request("known", 5).setTenant("t").build().toByteArray(), null);
    ListGenerationsRequest ofTenant = ListGenerationsRequest.newBuilder().setTenant("t").build();
    GenerationStatus before = awaitSuccess(ofTenant);
    String id = before.getGeneration().getWorkId();
    byte[] picture = rawBytes(at("/v1/generations/" + id + "/images/0"));

    instance().restart(Service.GATEWAY);
    channel().resetConnectBackoff();
    GenerationStatus after = awaitSuccess(ofTenant);

    assertThat(after).isEqualTo(before);
    assertThat(after.getPictures(0).getSeed()).isEqualTo(5);
    assertThat(rawBytes(at("/v1/generations/" + id + "/images/0"))).isEqualTo(picture);
    List<GenerationEvent> watched = new ArrayList<>();
    ImageGenerationGrpc.newBlockingStub(channel())
        .watchGeneration(GetGenerationRequest.newBuilder().setWorkId(id).build())
        .forEachRemaining(watched::add);
    assertThat(watched)
        .extracting(GenerationEvent::getEventCase)
        .containsExactly(GenerationEvent.EventCase.ACCEPTED, GenerationEvent.EventCase.IMAGE);
    assertThat(watched.get(1).getImage().getPng().toByteArray()).isEqualTo(picture);
    assertThat(raw(at("/v1/generations/none-such")).statusCode()).isEqualTo(404);
  }

  private static byte[] rawBytes(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.ofByteArray())
        .body();
  }

  private static GenerationStatus awaitSuccess(ListGenerationsRequest list)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      try {
        ListGenerationsReply reply =
            ImageGenerationGrpc.newBlockingStub(channel()).listGenerations(list);
        if (reply.getGenerationsCount() == 1
            && reply.getGenerations(0).getState() == GenerationState.SUCCEEDED) {
          return reply.getGenerations(0);
        }
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        channel().resetConnectBackoff();
      }
      Thread.sleep(100);
    }
    throw new AssertionError("no such request became a picture");
  }

  @Test
  void aRequestOfTwoCallsIsHeardOfAndCancelled() throws Exception {
    HttpResponse<String> created =
        raw(
            at("/v1/generations")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"model\": \"%s\", \"prompt\": \"a ship\", \"steps\": 1000}"
                            .formatted(MODEL))));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(202);
    String path = created.headers().firstValue("location").orElseThrow();
    HttpResponse<Stream<String>> events =
        HttpClient.newHttpClient()
            .send(at(path + "/events").build(), HttpResponse.BodyHandlers.ofLines());

    List<String> names = new ArrayList<>();
    events
        .body()
        .filter(line -> line.startsWith("event: "))
        .forEach(
            line -> {
              if (line.equals("event: progress") && !names.contains(line)) {
                names.add(line);
                assertThat(cancel(path).statusCode()).isEqualTo(200);
              } else if (!names.contains(line)) {
                names.add(line);
              }
            });

    assertThat(names)
        .startsWith("event: accepted")
        .contains("event: progress")
        .endsWith("event: end");
    assertThat(raw(at(path)).body()).contains("\"status\":\"cancelled\"");
    assertThat(raw(at(path + "/events").header("last-event-id", "end")).statusCode())
        .isEqualTo(204);
  }

  private static HttpResponse<String> cancel(String path) {
    try {
      return raw(at(path + "/cancel").POST(HttpRequest.BodyPublishers.noBody()));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> raw(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + address().http() + path));
  }
}
