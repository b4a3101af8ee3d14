package dev.sluice.stage.rig;

import dev.sluice.contract.Pool;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.CancelWork;
import dev.sluice.contract.v1.ControlCommand;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.blob.FolderBlobStore;
import dev.sluice.stage.kafka.ControlListener;
import dev.sluice.stage.kafka.GroupSetup;
import dev.sluice.stage.kafka.KafkaDoor;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.kafka.PassingOn;
import dev.sluice.stage.kafka.ShareGroupWorker;
import dev.sluice.stage.status.StatusBoard;
import dev.sluice.stage.work.Backoff;
import dev.sluice.stage.work.CancelledWork;
import dev.sluice.stage.work.Payloads;
import dev.sluice.stage.work.ProgressStore;
import dev.sluice.stage.work.StageRuntime;
import dev.sluice.stage.work.StageWork;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A stage with a topic and a share group of its own, and workers for it. */
public final class StageRig implements AutoCloseable {

  /** For tests that wait until a lock ends: longer than a busy machine holds up its renewal. */
  public static final Duration SHORT_LOCK = Duration.ofSeconds(3);

  private static final Duration LOCK = Duration.ofSeconds(15);

  public static final int INLINE_LIMIT = 64;
  public static final int CHECKPOINT_EVERY = 5;

  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofMillis(200));

  private static final AtomicInteger RIGS = new AtomicInteger();

  private final KafkaForTests.Address kafka;
  private final Stage stage;
  private final String topic;
  private final String group;
  private final Payloads payloads;
  private final ProgressStore checkpoints;
  private final Outbox outbox;
  private final KafkaProducer<byte[], byte[]> producer;
  private final CancelledWork cancelled = new CancelledWork();
  private final StatusBoard workers = new StatusBoard();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Deque<Runnable> open = new ArrayDeque<>();

  public StageRig(KafkaForTests.Address kafka, Stage stage, Path blobs) {
    this(kafka, stage, blobs, LOCK);
  }

  public StageRig(KafkaForTests.Address kafka, Stage stage, Path blobs, Duration lock) {
    this.kafka = kafka;
    this.stage = stage;
    this.topic = Topics.tasks(stage) + "-" + RIGS.incrementAndGet();
    this.group = topic + "-workers";
    FolderBlobStore store = new FolderBlobStore(blobs);
    this.payloads = new Payloads(store, INLINE_LIMIT);
    this.checkpoints = closing(new ProgressStore(store, CHECKPOINT_EVERY), ProgressStore::close);
    this.outbox = closing(new Outbox(kafka.settings()), Outbox::close);
    this.producer =
        closing(
            new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.request.size", 16 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer()),
            KafkaProducer::close);
    GroupSetup.prepare(kafka.settings(), group, topic, lock);
  }

  private <A> A closing(A resource, Consumer<A> close) {
    open.push(() -> close.accept(resource));
    return resource;
  }

  public String topic() {
    return topic;
  }

  public String group() {
    return group;
  }

  public SimpleMeterRegistry metrics() {
    return metrics;
  }

  public StageRuntime runtime(StageWork work) {
    return new StageRuntime(stage, work, payloads, cancelled, metrics);
  }

  /** Starts a worker of one slot. */
  public ShareGroupWorker work(StageWork work) {
    return work(1, door(work, "worker"));
  }

  /** The Kafka door of a worker; it hears of others by {@link #workers}. */
  public KafkaDoor door(StageWork work, String worker) {
    PassingOn passing =
        new PassingOn(workers, Pool.whole(stage), worker, outbox, Duration.ZERO, BACKOFF);
    return new KafkaDoor(runtime(work), outbox, checkpoints, passing, BACKOFF);
  }

  public StatusBoard workers() {
    return workers;
  }

  public ShareGroupWorker work(int slots, ShareGroupWorker.RecordHandler handler) {
    return closing(
        new ShareGroupWorker(kafka.settings(), group, topic, slots, handler),
        ShareGroupWorker::close);
  }

  /** Begins to obey {@code sluice.control}. */
  public void listen() {
    closing(new ControlListener(kafka.settings(), cancelled, workers), ControlListener::close);
  }

  public void cancel(CancelWork command) {
    outbox.send(
        Topics.CONTROL, "any", ControlCommand.newBuilder().setCancel(command).build(), null);
  }

  /** A member of the share group that does nothing by itself. */
  public KafkaShareConsumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = new HashMap<>(kafka.settings());
    settings.put("group.id", group);
    settings.put("share.acknowledgement.mode", "explicit");
    KafkaShareConsumer<byte[], byte[]> consumer =
        new KafkaShareConsumer<>(
            settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.subscribe(List.of(topic));
    return consumer;
  }

  /** The next record that the group gives to {@code consumer}. */
  public static ConsumerRecord<byte[], byte[]> take(KafkaShareConsumer<byte[], byte[]> consumer) {
    long end = System.nanoTime() + TopicReader.PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
      if (!records.isEmpty()) {
        return records.iterator().next();
      }
    }
    throw new AssertionError("no record came");
  }

  /** Writes a record that only handlers of the tests' own understand. */
  public void write(String value) {
    write(null, value.getBytes(StandardCharsets.UTF_8), null);
  }

  /** Writes a task of this stage. */
  public void write(Task task) {
    write(task, null);
  }

  public void write(Task task, String traceParent) {
    write(
        task.getHeader().getImageId().getBytes(StandardCharsets.UTF_8),
        task.toByteArray(),
        traceParent);
  }

  public void write(byte[] key, byte[] value, String traceParent) {
    write(topic, key, value, traceParent);
  }

  public void write(String anyTopic, byte[] key, byte[] value, String traceParent) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(anyTopic, key, value);
    if (traceParent != null) {
      record
          .headers()
          .add(RecordHeaders.TRACE_PARENT, traceParent.getBytes(StandardCharsets.UTF_8));
    }
    try {
      producer.send(record).get();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError("the test's record could not be written", e);
    }
  }

  public TopicReader results() {
    return read(Topics.RESULTS);
  }

  public TopicReader deadLetters() {
    return read(Topics.deadLetters(topic));
  }

  public TopicReader read(String anyTopic) {
    return closing(new TopicReader(kafka, anyTopic), TopicReader::close);
  }

  public double count(String counter) {
    Counter found = metrics.find(counter).counter();
    return found == null ? 0 : found.count();
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      open.pop().run();
    }
  }
}
