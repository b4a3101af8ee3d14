package dev.sluice.launcher.system.around;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Programs that tests need beside the JDK. */
public final class Programs {

  private Programs() {}

  /** Whether one is on the path. */
  public static boolean areInstalled(String... programs) {
    return Arrays.stream(programs).allMatch(Programs::isInstalled);
  }

  private static boolean isInstalled(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  /**
   * What a program and its children said, and its status.
   *
   * @param status 137 if it had to be killed
   */
  public record Outcome(int status, String said) {}

  /** Runs one to its end, or for as long as it may take. */
  public static Outcome run(ProcessBuilder builder, Duration limit)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("program", ".txt");
    try {
      Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
      return new Outcome(
          process.exitValue(), new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
    } finally {
      Files.delete(output);
    }
  }
}
