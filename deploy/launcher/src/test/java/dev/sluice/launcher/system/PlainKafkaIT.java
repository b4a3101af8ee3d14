package dev.sluice.launcher.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** The program of {@code docs/kafka.md}, which knows nothing of Sluice but JSON and topics. */
class PlainKafkaIT extends SystemTest {

  private static final Path PAGE = Path.of(System.getProperty("sluice.home"), "docs/kafka.md");

  @Test
  void aRequestInJson_isAnsweredInJson() throws Exception {
    byte[] png = picture(address().kafka(), SharedInstance.SHAPES);

    assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isEqualTo(64);
  }

  private static byte[] picture(String kafka, String model) throws Exception {
    String request =
        """
        {"requestId": "plain", "prompt": "a large red circle", "seed": 7, "model": "%s"}"""
            .formatted(model);
    Map<String, Object> settings = Map.of("bootstrap.servers", kafka);
    StringDeserializer texts = new StringDeserializer();
    try (var consumer = new KafkaConsumer<>(settings, texts, texts);
        var producer =
            new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor("sluice.results").stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      partitions.forEach(consumer::position);

      ProducerRecord<String, String> asked = new ProducerRecord<>("sluice.requests", request);
      asked.headers().add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
      producer.send(asked).get();

      while (true) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
          if (!record.value().startsWith("{")) {
            continue; // of someone who asked in protobuf
          }
          JsonNode result = new ObjectMapper().readTree(record.value());
          if (result.path("requestId").asText().equals("plain")) {
            return Base64.getDecoder().decode(result.at("/image/png").asText());
          }
        }
      }
    }
  }

  /** What stands in the page is what was run here. */
  @Test
  void thePage_showsThisProgram() throws Exception {
    String page = Files.readString(PAGE);
    String program =
        page.substring(page.indexOf("```java\n") + "```java\n".length(), page.indexOf("\n```\n"))
            .lines()
            .map(String::strip)
            .collect(Collectors.joining("\n"));
    String here =
        Files.readString(
                Path.of(
                    System.getProperty("sluice.home"),
                    "deploy/launcher/src/test/java/dev/sluice/launcher/system/PlainKafkaIT.java"))
            .lines()
            .map(String::strip)
            .collect(Collectors.joining("\n"));

    assertThat(program).startsWith("private static byte[] picture(");
    assertThat(here).contains(program);
  }
}
