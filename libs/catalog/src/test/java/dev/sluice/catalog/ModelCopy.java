package dev.sluice.catalog;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A recorded model, copied so that a test can do to it what happens to people's. */
record ModelCopy(Path folder) {

  private static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));
  private static final ObjectMapper JSON = new ObjectMapper();

  static ModelCopy of(String golden, Path folder) throws IOException {
    Path original = GOLDENS.resolve(golden);
    try (Stream<Path> tree = Files.walk(original)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(original.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return new ModelCopy(folder);
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  void write(String name, String content) throws IOException {
    Files.writeString(file(name), content);
  }

  void edit(String name, Consumer<ObjectNode> change) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(file(name).toFile());
    change.accept(json);
    JSON.writeValue(file(name).toFile(), json);
  }

  ModelInspection inspect() {
    return ModelInspection.of(folder, ComponentCheck.NONE);
  }
}
