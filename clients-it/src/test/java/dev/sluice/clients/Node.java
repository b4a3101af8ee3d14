package dev.sluice.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Programs for Node, where there is one and their packages can be had. */
final class Node {

  /** Where Sluice is. */
  static final Path HOME = Path.of(System.getProperty("sluice.home"));

  private Node() {}

  /** What a program printed, and whether it ended well. */
  record Outcome(boolean isGood, String output) {}

  static Outcome run(Path folder, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor() == 0, output);
  }

  /** Skips the test where the packages of a folder's lock file are not there to be had. */
  static void assumePackages(Path folder) throws IOException, InterruptedException {
    Outcome installed = run(folder, Map.of(), HOME + "/studio/npm-ci", folder.toString());
    assumeTrue(installed.isGood(), installed.output());
  }
}
