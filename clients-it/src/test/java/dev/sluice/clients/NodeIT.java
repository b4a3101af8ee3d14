package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's own client for Node, where there is a Node and the package can be had. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@ExtendWith(RunningSluice.class)
class NodeIT {

  private static final Path SCRIPT = Path.of("src/test/node");

  /** Where nothing can be had this is found out before the test's time is over. */
  private static final String[] NPM_CI =
      "npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=0 --fetch-timeout=30000"
          .split(" ");

  @TempDir private Path folder;

  private static String run(Path folder, String... command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? output : "failed: " + output;
  }

  private static boolean isThere(Path folder, String... command) throws InterruptedException {
    try {
      return !run(folder, command).startsWith("failed: ");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void images_areMadeByTheOfficialClient(RunningSluice.Door door) throws Exception {
    assumeTrue(isThere(folder, "node", "--version"), "there is no Node here");
    for (String file : List.of("package.json", "package-lock.json", "images.mjs")) {
      Files.copy(SCRIPT.resolve(file), folder.resolve(file));
    }
    assumeTrue(isThere(folder, NPM_CI), "npm cannot have the package openai");

    String output = run(folder, "node", "images.mjs", door.url());

    assertThat(output).doesNotStartWith("failed: ").endsWith("all is well\n");
  }
}
