package dev.sluice.stage;

import dev.sluice.broker.EmbeddedBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one real broker that they share, as a {@link KafkaForTests.Address}. */
public final class KafkaForTests implements ParameterResolver {

  /** Where the broker answers. */
  public record Address(String bootstrapServers) {

    public Map<String, Object> settings() {
      return Map.of("bootstrap.servers", bootstrapServers);
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Address.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(KafkaForTests.class))
        .computeIfAbsent(Running.class)
        .address();
  }

  /** Ends with the test run. */
  static final class Running implements AutoCloseable {

    private final Path folder;
    private final EmbeddedBroker broker;

    Running() throws IOException {
      folder = Files.createTempDirectory("sluice-stage-tests");
      broker = EmbeddedBroker.start(folder.resolve("log"));
    }

    Address address() {
      return new Address(broker.bootstrapServers());
    }

    @Override
    public void close() throws IOException {
      broker.close();
      try (Stream<Path> files = Files.walk(folder)) {
        List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        for (Path file : deepestFirst) {
          Files.delete(file);
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
  }
}
