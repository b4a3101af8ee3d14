package dev.sluice.launcher.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Java virtual machine of a child process: how large it may grow and how it starts. */
public final class ChildJvm {

  /** For processes that live for minutes: quick to start matters more than peak speed. */
  private static final List<String> QUICK_START =
      List.of("-XX:+UseSerialGC", "-Xshare:auto", "-XX:-UsePerfData");

  /**
   * Without the second compiler a process is quicker to start, and slower at what Java computes.
   */
  private static final String FIRST_COMPILER_ONLY = "-XX:TieredStopAtLevel=1";

  /**
   * JavaCPP counts the whole resident memory against a limit that it derives from the heap, and
   * refuses to allocate above it. A network's weights lie outside the heap and have nothing to do
   * with its size; what fits is decided where models are loaded and requests are taken in.
   */
  private static final List<String> NATIVE_MEMORY =
      List.of("-Dorg.bytedeco.javacpp.maxBytes=0", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");

  /**
   * A terminal sends Ctrl-C to all processes at once. The children must not hear it: they end in
   * turn, the broker last, when the launcher tells them to.
   */
  private static final List<String> DEAF_TO_CTRL_C =
      List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh");

  /** Newer virtual machines warn of what libraries do to reach native memory. */
  private static final List<String> QUIET =
      Runtime.version().feature() < 24
          ? List.of()
          : List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

  private ChildJvm() {}

  /**
   * The beginning of a service's command line, up to the options of the virtual machine. With large
   * models it has the second compiler: weights are checked, turned and hashed in Java, gigabytes of
   * them, which takes the first compiler's code two to sixteen times as long. With small ones its
   * start and its first pictures would be a quarter slower for nothing.
   *
   * @param heap the most of its heap, as {@code -Xmx} takes it
   * @param largeModels whether models of more than some megabytes may be loaded
   */
  public static List<String> ofService(String heap, boolean largeModels) {
    return command(heap, largeModels ? List.of() : List.of(FIRST_COMPILER_ONLY));
  }

  /** A service's beginning for the broker, which only moves records. */
  public static List<String> ofBroker(String heap) {
    return command(heap, List.of(FIRST_COMPILER_ONLY));
  }

  private static List<String> command(String heap, List<String> compilers) {
    List<String> command = new ArrayList<>(DEAF_TO_CTRL_C);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(QUICK_START);
    command.addAll(compilers);
    command.addAll(NATIVE_MEMORY);
    command.addAll(QUIET);
    command.add("-Xmx" + heap);
    return command;
  }
}
