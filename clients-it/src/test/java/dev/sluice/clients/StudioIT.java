package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page at the root, as people use it in a browser: the tests are in {@code studio/e2e}. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@ExtendWith(SharedSluice.class)
class StudioIT {

  private static final Path STUDIO = Node.HOME.resolve("studio");

  @Test
  void thePage_isUsedInABrowser(SharedSluice.Door door) throws Exception {
    Node.assumePackages(STUDIO);
    assumeTrue(
        Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
            .anyMatch(browser -> Files.isExecutable(Path.of(browser))),
        "there is no Chromium here (Debian: apt install chromium)");

    Node.Outcome tests =
        Node.run(
            STUDIO, Map.of("SLUICE", "http://" + door.address()), "npm", "run", "--silent", "e2e");

    assertThat(tests.isGood()).as(tests.output()).isTrue();
  }
}
