package dev.sluice.launcher.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a clone of the repository has to bring. */
final class ShippedWeightsTest {

  private static final Path MODELS = Path.of(System.getProperty("sluice.models"));

  private static final long MOST = 80_000_000;

  @Test
  void allTogether_areSmall() throws IOException {
    long bytes = 0;
    for (Path file : weights()) {
      bytes += Files.isSymbolicLink(file) ? 0 : Files.size(file);
    }
    assertThat(bytes).isBetween(1L, MOST);
  }

  @Test
  void whatModelsShare_isThereOnceAndLinkedTo() throws IOException {
    Map<String, List<Path>> owners =
        weights().stream()
            .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
            .collect(
                Collectors.groupingBy(
                    ShippedWeightsTest::content, TreeMap::new, Collectors.toList()));
    assertThat(owners.values()).allSatisfy(files -> assertThat(files).hasSize(1));
  }

  @Test
  void links_leadToShippedWeights() throws IOException {
    for (Path file : weights()) {
      if (Files.isSymbolicLink(file)) {
        assertThat(Files.readSymbolicLink(file).isAbsolute()).as("%s", file).isFalse();
        assertThat(file.toRealPath()).startsWith(MODELS.toRealPath()).isRegularFile();
      }
    }
  }

  private static List<Path> weights() throws IOException {
    try (Stream<Path> files = Files.walk(MODELS)) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).toList();
    }
  }

  private static String content(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
