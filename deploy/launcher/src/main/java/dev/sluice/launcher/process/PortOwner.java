package dev.sluice.launcher.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Who listens on a TCP port, as far as Linux tells us. */
public final class PortOwner {

  private static final Path PROC = Path.of("/proc");
  private static final String LISTENING = "0A";
  private static final int LONGEST_COMMAND = 60;

  private PortOwner() {}

  /** "process 1234 (java -jar other.jar)", where its owner and ours are the same. */
  public static Optional<String> of(int port) {
    List<String> sockets =
        Stream.of("net/tcp", "net/tcp6")
            .flatMap(table -> lines(PROC.resolve(table)))
            .map(line -> line.strip().split("\\s+"))
            .filter(columns -> columns.length > 9)
            .filter(columns -> columns[3].equals(LISTENING))
            .filter(columns -> columns[1].endsWith(":%04X".formatted(port)))
            .map(columns -> "socket:[" + columns[9] + "]")
            .toList();
    return sockets.isEmpty()
        ? Optional.empty()
        : ProcessHandle.allProcesses()
            .filter(process -> holds(process, sockets))
            .findFirst()
            .map(PortOwner::describe);
  }

  private static boolean holds(ProcessHandle process, List<String> sockets) {
    try (Stream<Path> files = Files.list(PROC.resolve(process.pid() + "/fd"))) {
      return files.anyMatch(file -> sockets.contains(target(file)));
    } catch (IOException e) {
      return false;
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static String describe(ProcessHandle process) {
    String command = process.info().commandLine().or(() -> process.info().command()).orElse("");
    return "process "
        + process.pid()
        + (command.isEmpty()
            ? ""
            : " (" + command.substring(0, Math.min(LONGEST_COMMAND, command.length())) + ")");
  }

  private static Stream<String> lines(Path table) {
    try {
      return Files.readAllLines(table).stream();
    } catch (IOException e) {
      return Stream.empty();
    }
  }
}
