package dev.sluice.stage.rig;

import dev.sluice.stage.kafka.ShareGroupWorker;
import dev.sluice.stage.kafka.ShareGroupWorker.Disposition;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A worker in a process of its own, to be killed and suspended. It tells what it does. */
public final class WorkerProcess implements AutoCloseable {

  /** A record to work on for ever, until the worker is told to stop. */
  public static final String ENDLESS = "endless";

  /** A record to work on for some seconds, whatever the worker is told. */
  public static final String DEAF = "deaf";

  /** As {@link #DEAF}, but given back after its first delivery. */
  public static final String IN_VAIN = "in vain";

  private static final long DEAF_MILLIS = 4000;

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  /** Works on so many records at once. */
  public WorkerProcess(KafkaForTests.Address kafka, StageRig rig, int slots) throws IOException {
    this.process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerProcess.class.getName(),
                kafka.bootstrapServers(),
                rig.group(),
                rig.topic(),
                Integer.toString(slots))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Thread reader = new Thread(this::readLines, "worker-process-output");
    reader.setDaemon(true);
    reader.start();
  }

  private void readLines() {
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      // So ends the output of a process that was killed.
    }
  }

  /**
   * The next thing that it did: {@code takes} a record for the first, second, ... time, {@code
   * stops} to work on it, or has {@code done} it.
   */
  public String tells() throws InterruptedException {
    return lines.poll(TopicReader.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Does not let it run any more, as a hypervisor would. */
  public void suspend() throws Exception {
    signal("STOP");
  }

  public void resume() throws Exception {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (status != 0) {
      throw new IOException("kill -%s failed with status %d".formatted(name, status));
    }
  }

  /** SIGKILL. */
  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** The process: bootstrap servers, group, topic, slots. */
  public static void main(String[] args) throws InterruptedException {
    new ShareGroupWorker(
        Map.of("bootstrap.servers", args[0]),
        args[1],
        args[2],
        Integer.parseInt(args[3]),
        WorkerProcess::work);
    Thread exit = new Thread(WorkerProcess::exitWithParent);
    exit.start();
    exit.join();
  }

  private static Disposition work(
      ConsumerRecord<byte[], byte[]> record, ShareGroupWorker.Hold hold) {
    String value = Deliveries.value(record);
    tell("takes " + value + " " + record.deliveryCount().orElseThrow());
    try {
      if (value.equals(ENDLESS)) {
        while (!hold.isEnding()) {
          Thread.sleep(10);
        }
        tell("stops " + value);
        return Disposition.RETRY;
      }
      if (value.equals(DEAF)) {
        Thread.sleep(DEAF_MILLIS);
      }
      if (value.equals(IN_VAIN) && record.deliveryCount().orElseThrow() == 1) {
        Thread.sleep(DEAF_MILLIS);
        tell("stops " + value);
        return Disposition.RETRY;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    tell("done " + value);
    return Disposition.DONE;
  }

  private static void tell(String what) {
    System.out.println(what);
  }

  private static void exitWithParent() {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes; the end is what matters.
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      System.exit(0);
    }
  }
}
