package dev.sluice.launcher.system;

import static dev.sluice.launcher.system.SharedInstance.LATENT;
import static dev.sluice.launcher.system.SharedInstance.MODEL;
import static dev.sluice.launcher.system.SharedInstance.SHAPES;
import static dev.sluice.launcher.system.SharedInstance.running;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.sluice.contract.Stages;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.AcceptedGeneration;
import dev.sluice.contract.v1.ControlCommand;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.contract.v1.Task;
import dev.sluice.launcher.instance.Service;
import dev.sluice.launcher.system.around.Metrics;
import dev.sluice.launcher.system.around.NewerBuild;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/**
 * Half an upgrade: to all that the services write, a build of tomorrow writes the same with fields
 * and values of its own, on the same topics.
 */
class NewerBuildIT extends SystemTest {

  /** Parses the values of a topic. */
  @FunctionalInterface
  private interface Reader {
    Message read(byte[] value) throws Exception;
  }

  /** Marks what the newer build wrote, so that it does not write that again. */
  private static final String NEWER = "of-a-newer-build";

  /** What is asked for; with a new value it would be something that only the newer build can do. */
  private static final NewerBuild BUILD =
      new NewerBuild(
          Set.of(
              "sluice.v1.RouteStep.stage",
              "sluice.v1.RouteStep.keep_as",
              "sluice.v1.TaskHeader.result_format",
              "sluice.v1.Tensor.data_type",
              "sluice.v1.StageStatus.stage"));

  private static final Map<String, Reader> READERS = readers();

  private static final Set<String> LATER_STAGES =
      Set.of(Topics.tasks(Stage.PRIOR), Topics.tasks(Stage.DENOISER), Topics.tasks(Stage.UPSCALER));

  /** Tasks that wait or are in work at a stage. */
  private static final Pattern WORK =
      Pattern.compile("(?m)^sluice_stage_(backlog|tasks_in_flight)(\\{[^}]*})? (?!0\\.0$)");

  private static Map<String, Reader> readers() {
    Map<String, Reader> readers = new HashMap<>();
    Stages.ALL.forEach(stage -> readers.put(Topics.tasks(stage), Task::parseFrom));
    readers.put(Topics.EVENTS, GenerationEvent::parseFrom);
    readers.put(Topics.RESULTS, GenerationResult::parseFrom);
    readers.put(Topics.CONTROL, ControlCommand::parseFrom);
    readers.put(Topics.STATUS, StageStatus::parseFrom);
    readers.put(Topics.GENERATIONS, AcceptedGeneration::parseFrom);
    return readers;
  }

  /** What was passed on by a stage of today of a task of tomorrow, by the topic it went to. */
  private final Map<String, Task> passedOn = new ConcurrentHashMap<>();

  private final Set<String> written = ConcurrentHashMap.newKeySet();
  private volatile boolean over;

  @Test
  void everyPictureComesOnce_andWhatIsNewGoesAlongToTheEnd() throws Exception {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      for (String model : List.of(MODEL, LATENT, SHAPES)) {
        requests.add(
            request("newer-%s-%d".formatted(model, i), 300 + i)
                .setModel(model)
                .setDenoiser(SamplingSettings.newBuilder().setSteps(20))
                .build());
      }
    }
    List<Map<Integer, Image>> alone = requests.stream().map(NewerBuildIT::undisturbed).toList();

    ExecutorService threads = Executors.newCachedThreadPool();
    try (KafkaConsumer<byte[], byte[]> everything = reader(READERS.keySet());
        KafkaConsumer<byte[], byte[]> deadLetters = reader(deadLetterTopics())) {
      Map<TopicPartition, Long> before = ends(deadLetters);
      Future<?> newer = threads.submit(() -> writeWhileReading(everything));
      List<Future<Map<Integer, Image>>> calls = new ArrayList<>();
      requests.forEach(request -> calls.add(threads.submit(() -> overGrpc(request))));
      for (int i = 0; i < calls.size(); i++) {
        Map<Integer, Image> images = calls.get(i).get();
        assertThat(images).hasSize(1);
        // The tiny unCLIP is moved by roundings; see DeliveryIT.
        assertThat(Png.largestDifference(images.get(0).getPng(), alone.get(i).get(0).getPng()))
            .isLessThanOrEqualTo(requests.get(i).getModel().equals(MODEL) ? 32 : 1);
      }
      // What was written last trails what it was written after.
      await(() -> passedOn.keySet().containsAll(LATER_STAGES) && noneInWork());
      over = true;
      newer.get();

      assertThat(written).containsExactlyInAnyOrderElementsOf(expectedTopics());
      for (Task task : passedOn.values()) {
        assertThat(NewerBuild.wrote(task.getHeader())).isTrue();
        assertThat(NewerBuild.wrote(task.getStep())).isTrue();
        assertThat(task.getRouteList()).allMatch(NewerBuild::wrote);
      }
      assertThat(ends(deadLetters)).isEqualTo(before);
    } finally {
      over = true;
      threads.shutdownNow();
    }
  }

  private static Map<Integer, Image> undisturbed(GenerationRequest request) {
    return overGrpc(request.toBuilder().setRequestId("alone-" + request.getRequestId()).build());
  }

  /** Nobody gives a command meanwhile. */
  private static Set<String> expectedTopics() {
    Set<String> topics = new HashSet<>(READERS.keySet());
    topics.remove(Topics.CONTROL);
    return topics;
  }

  private static Set<String> deadLetterTopics() {
    Set<String> topics = new HashSet<>();
    Stages.ALL.forEach(stage -> topics.add(Topics.deadLetters(Topics.tasks(stage))));
    return topics;
  }

  private static Map<TopicPartition, Long> ends(KafkaConsumer<byte[], byte[]> consumer) {
    return consumer.endOffsets(consumer.assignment());
  }

  private static void await(BooleanSupplier happened) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!happened.getAsBoolean()) {
      assertThat(System.nanoTime()).as("what is waited for happens").isLessThan(end);
      Thread.sleep(100);
    }
  }

  private static boolean noneInWork() {
    return Stream.of(Service.TEXT_ENCODER, Service.PRIOR, Service.DENOISER, Service.UPSCALER)
        .map(service -> address().services().get(service.label()))
        .noneMatch(NewerBuildIT::hasWork);
  }

  private static boolean hasWork(String address) {
    try {
      return WORK.matcher(Metrics.of(address)).find();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError("a service does not tell its metrics", e);
    }
  }

  private static KafkaConsumer<byte[], byte[]> reader(Collection<String> topics) {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", address().kafka()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        topics.stream()
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    return consumer;
  }

  private void writeWhileReading(KafkaConsumer<byte[], byte[]> consumer) {
    while (!over) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
        if (record.value() != null && record.headers().lastHeader(NEWER) == null) {
          take(record);
        }
      }
    }
    running().producer().flush();
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    Message message;
    try {
      message = READERS.get(record.topic()).read(record.value());
    } catch (Exception e) {
      throw new AssertionError("a record on " + record.topic() + " cannot be read", e);
    }
    if (NewerBuild.wrote(message)) {
      // A stage of today made it of what the newer build had written.
      if (message instanceof Task task) {
        passedOn.put(record.topic(), task);
      }
      return;
    }
    byte[] key = record.key();
    if (message instanceof StageStatus status) {
      // Two builds are two processes.
      String worker = status.getWorker() + "-newer";
      message = status.toBuilder().setWorker(worker).build();
      key = worker.getBytes(StandardCharsets.UTF_8);
    }
    ProducerRecord<byte[], byte[]> newer =
        new ProducerRecord<>(record.topic(), key, BUILD.write(message).toByteArray());
    record.headers().forEach(newer.headers()::add);
    newer.headers().add(new RecordHeader(NEWER, new byte[0]));
    running().producer().send(newer);
    written.add(record.topic());
  }
}
