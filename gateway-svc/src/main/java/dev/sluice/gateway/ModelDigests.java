package dev.sluice.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Says which weights and configs a model consists of, by SHA-256. A component is read once, and
 * again only when a file of it has another size or time.
 */
final class ModelDigests {

  /** What components are loaded from; weights in other formats may lie beside and mean nothing. */
  private static final Pattern COUNTED = Pattern.compile(".*\\.(safetensors|json|txt|model)");

  private static final int BUFFER_BYTES = 1 << 20;

  private final Map<Path, Known> known = new ConcurrentHashMap<>();

  private record Known(List<String> stamps, String digest) {}

  /**
   * The digest of each component folder, by name.
   *
   * @throws IllegalStateException if a file cannot be read
   */
  Map<String, String> of(ModelFolder model) {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> entries = Files.list(model.folder())) {
      for (Path component : entries.filter(Files::isDirectory).toList()) {
        List<Path> files = files(component);
        if (!files.isEmpty()) {
          digests.put(component.getFileName().toString(), digest(component, files));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("Model " + model.name() + " cannot be read: " + e, e);
    }
    return digests;
  }

  private static List<Path> files(Path component) throws IOException {
    try (Stream<Path> files = Files.list(component)) {
      return files
          .filter(file -> COUNTED.matcher(file.getFileName().toString()).matches())
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  private String digest(Path component, List<Path> files) throws IOException {
    List<String> stamps = new ArrayList<>();
    for (Path file : files) {
      stamps.add("%s %s %s".formatted(file, Files.size(file), Files.getLastModifiedTime(file)));
    }
    Known before = known.get(component);
    if (before != null && before.stamps().equals(stamps)) {
      return before.digest();
    }
    MessageDigest sha256 = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    for (Path file : files) {
      String heading = file.getFileName() + "\n" + Files.size(file) + "\n";
      sha256.update(heading.getBytes(StandardCharsets.UTF_8));
      try (InputStream content = Files.newInputStream(file)) {
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
          sha256.update(buffer, 0, read);
        }
      }
    }
    String digest = HexFormat.of().formatHex(sha256.digest());
    known.put(component, new Known(stamps, digest));
    return digest;
  }

  /** The digest of a file's content. */
  static String of(byte[] content) {
    return HexFormat.of().formatHex(sha256().digest(content));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
