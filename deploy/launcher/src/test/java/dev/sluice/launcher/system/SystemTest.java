package dev.sluice.launcher.system;

import static dev.sluice.launcher.system.SharedInstance.MODEL;
import static dev.sluice.launcher.system.SharedInstance.SHAPES;
import static dev.sluice.launcher.system.SharedInstance.running;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Results;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.ImageGenerationGrpc;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.launcher.instance.LocalInstance;
import dev.sluice.launcher.instance.RunningInstance;
import io.grpc.ManagedChannel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Asks the instance that integration tests share, through each of its doors. */
@ExtendWith(SharedInstance.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
abstract class SystemTest {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  static LocalInstance instance() {
    return running().instance();
  }

  static RunningInstance address() {
    return running().address();
  }

  static ManagedChannel channel() {
    return running().channel();
  }

  static GenerationRequest.Builder request(String id, long seed) {
    return GenerationRequest.newBuilder()
        .setRequestId(id)
        .setModel(MODEL)
        .setPrompt("a photo of an astronaut riding a horse on mars")
        .setSeed(seed)
        .setPrior(SamplingSettings.newBuilder().setSteps(4))
        .setDenoiser(SamplingSettings.newBuilder().setSteps(5));
  }

  static GenerationRequest.Builder recorded(
      String model, long seed, int steps, double guidanceScale) {
    return GenerationRequest.newBuilder()
        .setRequestId("recorded-" + model)
        .setModel(model)
        .setSeed(seed)
        .setDenoiser(SamplingSettings.newBuilder().setSteps(steps).setGuidanceScale(guidanceScale));
  }

  static GenerationRequest.Builder shape(String id) {
    return GenerationRequest.newBuilder()
        .setRequestId(id)
        .setModel(SHAPES)
        .setPrompt("a large red circle")
        .setSeed(7)
        .setDenoiser(SamplingSettings.newBuilder().setSteps(5));
  }

  /** Pictures by index; a second picture of an index is an error. */
  static Map<Integer, Image> overGrpc(
      GenerationRequest request, Consumer<GenerationEvent> onEvent) {
    Map<Integer, Image> images = new TreeMap<>();
    ImageGenerationGrpc.newBlockingStub(channel())
        .generate(request)
        .forEachRemaining(
            event -> {
              onEvent.accept(event);
              assertThat(event.hasError()).as(event.getError().getMessage()).isFalse();
              if (event.hasImage()) {
                assertThat(images.put(event.getImageIndex(), event.getImage()))
                    .as("picture %d came before", event.getImageIndex())
                    .isNull();
              }
            });
    return images;
  }

  static Map<Integer, Image> overGrpc(GenerationRequest request) {
    return overGrpc(request, event -> {});
  }

  static HttpResponse<String> overHttp(String body) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://" + address().http() + "/v1/images/generations"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  static void write(String topic, String key, byte[] value, String contentType) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value);
    if (contentType != null) {
      record
          .headers()
          .add(RecordHeaders.CONTENT_TYPE, contentType.getBytes(StandardCharsets.UTF_8));
    }
    running().producer().send(record);
    running().producer().flush();
  }

  static GenerationResult result(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Results.read(record.value(), TopicReader.header(record, RecordHeaders.CONTENT_TYPE));
    } catch (InvalidProtocolBufferException e) {
      return GenerationResult.getDefaultInstance();
    }
  }

  static List<GenerationResult> resultsOf(TopicReader results, String id, int count) {
    return results
        .await(count, PATIENCE, record -> result(record).getRequestId().equals(id))
        .stream()
        .map(SystemTest::result)
        .toList();
  }

  static ByteString png(BufferedImage image) throws IOException {
    ByteString.Output png = ByteString.newOutput();
    ImageIO.write(image, "png", png);
    return png.toByteString();
  }
}
