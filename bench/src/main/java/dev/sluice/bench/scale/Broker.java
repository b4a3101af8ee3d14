package dev.sluice.bench.scale;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/** The broker in a process of its own, as {@code sluice up} has it. */
final class Broker implements AutoCloseable {

  private static final String READY = "READY ";

  private final Process process;
  private final String address;

  private Broker(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  static Broker start(Path folder, int port) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx768m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sluice.broker.EmbeddedBroker",
                folder.toString(),
                Integer.toString(port))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader out = process.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(READY)) {
        return new Broker(process, line.substring(READY.length()));
      }
    }
    throw new IOException("the broker ended before it was ready");
  }

  String address() {
    return address;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.onExit().join();
  }
}
