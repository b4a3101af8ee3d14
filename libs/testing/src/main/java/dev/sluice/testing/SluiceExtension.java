package dev.sluice.testing;

import dev.sluice.client.SluiceClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts a Sluice with the models that ship before the first test that has this extension, on ports
 * that are free, and stops it after the last: all classes of a run share it.
 *
 * <pre>{@code
 * @ExtendWith(SluiceExtension.class)
 * class PicturesTest {
 *   @Test
 *   void makesAPicture(RunningSluice sluice) {
 *     sluice.client().generate("a large red circle").steps(5).toFile(Path.of("target/circle.png"));
 *   }
 * }
 * }</pre>
 *
 * <p>Tests and constructors are given a {@link RunningSluice} or its {@link SluiceClient}. Sluice
 * is looked for in the folder that the system property {@value #HOME_PROPERTY} or the variable
 * {@value #HOME_VARIABLE} names; its logs and data lie in {@code target/sluice} of the folder that
 * tests run in.
 *
 * <p>A subclass that starts it otherwise, with models or settings of its own, has an instance of
 * its own.
 */
public class SluiceExtension implements BeforeAllCallback, ParameterResolver {

  static final String HOME_PROPERTY = "sluice.home";
  static final String HOME_VARIABLE = "SLUICE_HOME";

  /**
   * Starts what tests share.
   *
   * @param home a checkout of Sluice
   * @param state an empty folder for logs and data
   */
  protected RunningSluice start(Path home, Path state) throws IOException {
    return RunningSluice.start(home, state, Map.of(), "--together");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    running(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == RunningSluice.class || type == SluiceClient.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    RunningSluice running = running(context);
    return parameter.getParameter().getType() == SluiceClient.class ? running.client() : running;
  }

  /** The instance that tests share. */
  protected final RunningSluice running(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(getClass()))
        .computeIfAbsent(RunningSluice.class, key -> start(), RunningSluice.class);
  }

  private RunningSluice start() {
    try {
      return start(home(), RunningSluice.newState());
    } catch (IOException e) {
      throw new UncheckedIOException("Sluice cannot be started", e);
    }
  }

  private static Path home() {
    String named = System.getProperty(HOME_PROPERTY, System.getenv(HOME_VARIABLE));
    if (named == null) {
      throw new IllegalStateException(
          "Where is Sluice? Name a checkout of it with the system property %s or the variable %s."
              .formatted(HOME_PROPERTY, HOME_VARIABLE));
    }
    return Path.of(named).toAbsolutePath();
  }
}
