package dev.sluice.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Says which weights and configs a model consists of, by SHA-256. A component is read once, and
 * again only when a file of it has another size or time.
 */
public final class ModelDigests {

  private static final int BUFFER_BYTES = 1 << 20;

  private final Map<Path, Known> known = new ConcurrentHashMap<>();

  private record Known(List<String> stamps, String digest) {}

  /**
   * The digest of each component folder, by name.
   *
   * @throws IllegalStateException if a file cannot be read
   */
  public Map<String, String> of(ModelFolder model) {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> entries = Files.list(model.folder())) {
      for (Path component : entries.filter(Files::isDirectory).toList()) {
        List<Path> files = FileStamp.files(component, 1);
        if (!files.isEmpty()) {
          digests.put(component.getFileName().toString(), digest(component, files));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("Model " + model.name() + " cannot be read: " + e, e);
    }
    return digests;
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
    MessageDigest sha256 = Digests.sha256();
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
  public static String of(byte[] content) {
    return HexFormat.of().formatHex(Digests.sha256().digest(content));
  }
}
