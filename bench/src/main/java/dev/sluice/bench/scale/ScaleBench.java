package dev.sluice.bench.scale;

import dev.sluice.bench.ResidentMemory;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.blob.FolderBlobStore;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One topic, the real broker, and more and more workers whose tasks take a fixed time: what part of
 * the ideal rate they reach, first with a short queue and then with a long one.
 */
final class ScaleBench {

  private static final List<Integer> WORKERS = List.of(1, 2, 4, 8, 16, 32, 64);
  private static final Duration SETTLING = Duration.ofSeconds(5);
  private static final Duration MEASURED = Duration.ofSeconds(15);

  /** Held, as a logger that nobody holds forgets its level. */
  private static final Logger KAFKA = Logger.getLogger("org.apache.kafka");

  private final Broker broker;
  private final KafkaProducer<byte[], byte[]> producer;
  private final SleepyStage stage;
  private final Duration serviceTime;
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger highest = new AtomicInteger(-1);
  private final AtomicLong farthestBehind = new AtomicLong();
  private final List<SleepyStage.Worker> workers = new ArrayList<>();
  private int written;

  private ScaleBench(Broker broker, Path folder, Duration serviceTime) {
    this.broker = broker;
    this.serviceTime = serviceTime;
    Map<String, Object> kafka = Map.of("bootstrap.servers", broker.address());
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.address(), "linger.ms", 5),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.stage = new SleepyStage(kafka, new FolderBlobStore(folder), serviceTime, this::note);
  }

  /**
   * @param arguments milliseconds of a task; tasks of the long queue
   */
  public static void main(String[] arguments) throws Exception {
    Duration serviceTime = Duration.ofMillis(Long.parseLong(arguments[0]));
    int queued = Integer.parseInt(arguments[1]);
    KAFKA.setLevel(Level.SEVERE);
    Path folder = Files.createTempDirectory("sluice-scale");
    try (Broker broker = Broker.start(folder.resolve("kafka"), freePort())) {
      new ScaleBench(broker, folder.resolve("blobs"), serviceTime).run(queued);
    }
    System.exit(0);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Tasks are numbered as they were written: how far one is behind one that was done before it. */
  private void note(Task task) {
    int number = SleepyStage.number(task);
    int before = highest.getAndUpdate(most -> Math.max(most, number));
    farthestBehind.accumulateAndGet(before - number, Math::max);
    done.incrementAndGet();
  }

  private void run(int queued) throws InterruptedException {
    System.out.printf("A task takes %d ms.%n%n", serviceTime.toMillis());
    System.out.println(
        "| tasks that wait | workers | tasks/s | of the ideal rate | farthest behind | broker | workers' process |");
    System.out.println("|--:|--:|--:|--:|--:|--:|--:|");
    double mostPerSecond = WORKERS.get(WORKERS.size() - 1) * 1000.0 / serviceTime.toMillis();
    write((int) (2 * mostPerSecond * (SETTLING.plus(MEASURED)).toSeconds()));
    for (int count : WORKERS) {
      measure(count);
    }
    write(queued);
    measure(WORKERS.get(WORKERS.size() - 1));
    measure(WORKERS.get(WORKERS.size() - 1));
    workers.parallelStream().forEach(SleepyStage.Worker::close);
    producer.close();
  }

  private void measure(int count) throws InterruptedException {
    while (workers.size() < count) {
      workers.add(stage.new Worker());
    }
    Thread.sleep(SETTLING.toMillis());
    farthestBehind.set(0);
    int waiting = written - done.get();
    int before = done.get();
    long start = System.nanoTime();
    Thread.sleep(MEASURED.toMillis());
    double perSecond = (done.get() - before) * 1e9 / (System.nanoTime() - start);
    System.out.printf(
        "| %,d | %d | %.1f | %.0f %% | %d tasks | %d MB | %d MB |%n",
        waiting,
        count,
        perSecond,
        100 * perSecond * serviceTime.toMillis() / 1000 / count,
        farthestBehind.get(),
        ResidentMemory.currentBytes(broker.pid()).orElseThrow() / 1_000_000,
        ResidentMemory.currentBytes(ProcessHandle.current().pid()).orElseThrow() / 1_000_000);
  }

  private void write(int tasks) {
    for (int task = 0; task < tasks; task++) {
      producer.send(
          new ProducerRecord<>(
              SleepyStage.POOL.topic(), SleepyStage.task(written++).toByteArray()));
    }
    producer.flush();
  }
}
