package dev.sluice.launcher.care;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.EmbeddedBroker;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.launcher.console.LaunchException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DeadLettersTest {

  private static final String TASKS = Topics.tasks(Stage.DENOISER);
  private static final String NAME = Topics.deadLetters(TASKS) + "/0/0";
  private static final Task TASK =
      Task.newBuilder().setHeader(TaskHeader.newBuilder().setWorkId("work-7")).build();

  @TempDir private static Path folder;
  private static EmbeddedBroker broker;
  private static String address;

  private final StringWriter said = new StringWriter();

  @BeforeAll
  static void startBroker() throws Exception {
    DeadLetters.hush();
    broker = EmbeddedBroker.start(folder);
    address = broker.bootstrapServers();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", address),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      ProducerRecord<byte[], byte[]> dead =
          new ProducerRecord<>(
              Topics.deadLetters(TASKS), "work-7".getBytes(UTF_8), TASK.toByteArray());
      dead.headers()
          .add(RecordHeaders.ERROR, "no such model".getBytes(UTF_8))
          .add(RecordHeaders.ORIGIN, TASKS.getBytes(UTF_8))
          .add(RecordHeaders.HOPS, "3".getBytes(UTF_8))
          .add("__dlq.errors.group", "denoiser".getBytes(UTF_8))
          .add(RecordHeaders.TRACE_PARENT, "00-1-2-01".getBytes(UTF_8));
      producer.send(dead).get();
    }
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private int run(String... arguments) {
    CommandLine command = new CommandLine(new DeadLettersCommand());
    command.setOut(new PrintWriter(said));
    return command.execute(arguments);
  }

  @Test
  void list_namesThemWithTheReason() {
    assertThat(run("list", "--kafka", address)).isZero();

    assertThat(said.toString()).contains(NAME, "work-7", "no such model");
  }

  @Test
  void list_tellsPrograms() {
    assertThat(run("list", "--kafka", address, "--json")).isZero();

    assertThat(said.toString())
        .contains(
            "\"name\":\"" + NAME + "\"",
            "\"origin\":\"sluice.denoiser\"",
            "\"error\":\"no such model\"");
  }

  @Test
  void show_printsTheMessage() {
    assertThat(run("show", NAME, "--kafka", address)).isZero();

    assertThat(said.toString()).contains("\"workId\": \"work-7\"", "no such model");
  }

  @Test
  void retry_writesTheRecordAsItWasToItsTopic() {
    assertThat(run("retry", NAME, "--kafka", address)).isZero();

    ConsumerRecord<byte[], byte[]> again = first(TASKS);
    assertThat(again.key()).isEqualTo("work-7".getBytes(UTF_8));
    assertThat(again.value()).isEqualTo(TASK.toByteArray());
    assertThat(again.headers())
        .extracting(header -> header.key())
        .containsExactly(RecordHeaders.TRACE_PARENT);
  }

  @Test
  void named_saysWhereTheNamesAre() {
    try (DeadLetters letters = new DeadLetters(Map.of("bootstrap.servers", address))) {
      assertThatThrownBy(() -> letters.named(List.of("dlq.sluice.prior/0/1")))
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining("no dead letter 'dlq.sluice.prior/0/1'")
          .hasMessageContaining("dead-letters list");
    }
  }

  private static ConsumerRecord<byte[], byte[]> first(String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", address),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      return consumer.poll(Duration.ofSeconds(20)).iterator().next();
    }
  }
}
