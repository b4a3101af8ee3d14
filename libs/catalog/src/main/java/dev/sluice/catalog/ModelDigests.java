package dev.sluice.catalog;

import dev.sluice.catalog.file.Digests;
import dev.sluice.catalog.file.FileStamp;
import dev.sluice.catalog.lora.Adaptation;
import dev.sluice.catalog.lora.LoraLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Says which weights and configs a model consists of, by SHA-256. A component is read once, however
 * many ask at a time, and again only when a file of it has another size or time; what was found is
 * remembered in a file, for the next process.
 */
public final class ModelDigests {

  private static final System.Logger LOG = System.getLogger(ModelDigests.class.getName());
  private static final int BUFFER_BYTES = 1 << 20;

  private final Map<Path, Component> components = new ConcurrentHashMap<>();
  private final Properties remembered = new Properties();
  private final Optional<Path> memory;

  /** What is known of a component; its lock is held by whoever reads the files. */
  private static final class Component {
    private String stamp = "";
    private String digest = "";
  }

  /** Digests that are remembered by this process alone. */
  public ModelDigests() {
    this.memory = Optional.empty();
  }

  /**
   * Digests that outlast the process.
   *
   * @param memory the file to remember them in; one that cannot be read or written is done without
   */
  public ModelDigests(Path memory) {
    this.memory = Optional.of(memory);
    try (Reader in = Files.newBufferedReader(memory)) {
      remembered.load(in);
    } catch (NoSuchFileException e) {
      // The first time.
    } catch (IOException | IllegalArgumentException e) {
      LOG.log(System.Logger.Level.WARNING, "Digests cannot be read from {0}: {1}", memory, e);
    }
  }

  /** Reads models ahead, one after the other, so that no request has to wait for gigabytes. */
  public void prepare(List<ModelFolder> models) {
    for (ModelFolder model : models) {
      try {
        of(model);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.DEBUG, "A model cannot be read ahead", e);
      }
    }
  }

  /**
   * The digest of each component folder, by name; "." is a flat checkpoint's own, and {@code
   * loras/NAME} that of what is added to them.
   *
   * @throws IllegalStateException if a file cannot be read
   */
  public Map<String, String> of(ModelFolder model) {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> entries = Files.list(model.folder())) {
      if (model.isFlat()) {
        digests.put(".", digest(model.folder(), FileStamp.files(model.folder(), 1)));
      }
      for (Path component : entries.filter(Files::isDirectory).toList()) {
        List<Path> files = FileStamp.files(component, 1);
        if (!files.isEmpty()) {
          digests.put(component.getFileName().toString(), digest(component, files));
        }
      }
      for (Adaptation adaptation : model.adaptations()) {
        digests.put(
            LoraLibrary.FOLDER + "/" + adaptation.use().name(),
            digest(adaptation.file(), List.of(adaptation.file())));
      }
    } catch (IOException e) {
      throw new IllegalStateException("Model " + model.name() + " cannot be read: " + e, e);
    }
    return digests;
  }

  private String digest(Path folder, List<Path> files) throws IOException {
    Component component = components.computeIfAbsent(folder, any -> new Component());
    synchronized (component) {
      String stamp = FileStamp.of(folder, 1);
      if (!component.stamp.equals(stamp)) {
        String key = of((folder.toAbsolutePath() + "\n" + stamp).getBytes(StandardCharsets.UTF_8));
        String known = remembered.getProperty(key);
        component.digest = known != null ? known : read(files);
        component.stamp = stamp;
        if (known == null) {
          remember(key, component.digest);
        }
      }
      return component.digest;
    }
  }

  private static String read(List<Path> files) throws IOException {
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
    return HexFormat.of().formatHex(sha256.digest());
  }

  private void remember(String key, String digest) {
    synchronized (remembered) {
      remembered.setProperty(key, digest);
      memory.ifPresent(this::write);
    }
  }

  private void write(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path whole = Files.createTempFile(file.toAbsolutePath().getParent(), "digests", ".part");
      try (Writer out = Files.newBufferedWriter(whole)) {
        remembered.store(out, null);
      }
      Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "Digests cannot be remembered in {0}: {1}", file, e);
    }
  }

  /** The digest of a file's content. */
  public static String of(byte[] content) {
    return HexFormat.of().formatHex(Digests.sha256().digest(content));
  }
}
