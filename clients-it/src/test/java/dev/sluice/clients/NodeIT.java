package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's own client for Node, where there is a Node and the package can be had. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@ExtendWith(SharedSluice.class)
class NodeIT {

  private static final Path SCRIPT = Path.of("src/test/node");

  @TempDir private Path folder;

  @Test
  void images_areMadeByTheOfficialClient(SharedSluice.Door door) throws Exception {
    for (String file : List.of("package.json", "package-lock.json", "images.mjs")) {
      Files.copy(SCRIPT.resolve(file), folder.resolve(file));
    }
    Node.assumePackages(folder);

    Node.Outcome script = Node.run(folder, Map.of(), "node", "images.mjs", door.url());

    assertThat(script.isGood()).as(script.output()).isTrue();
    assertThat(script.output()).endsWith("all is well\n");
  }
}
