package dev.sluice.image;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A process that opens CUDA's libraries: first as TensorFlow does when it meets a GPU, which it
 * tells of in its log, then each by itself. Prints the files that are mapped at the end.
 */
final class OpenLibraries {

  static final String MAPPED = "mapped ";

  /**
   * C++ names of {@code tsl::internal::CachedDsoLoader::GetCudnnDsoHandle()} and its like, less
   * those that are AMD's. No library's name is in TensorFlow's as a whole: these make them up from
   * parts.
   */
  private static final Pattern OPENER =
      Pattern.compile("_ZN3tsl8internal15CachedDsoLoader\\d+Get(?!Hip|Miopen|Roc)\\w+DsoHandleEv");

  private OpenLibraries() {}

  /**
   * @param args {@code libtensorflow_framework.so.2} and the folder of CUDA's libraries
   */
  public static void main(String[] args) throws IOException {
    Path framework = Path.of(args[0]);
    NativeLibrary tensorFlow = NativeLibrary.getInstance(framework.toString());
    for (String opener : Strings.matching(OPENER, framework)) {
      // A value that is no number is returned where the caller says: here an absl::StatusOr.
      tensorFlow.getFunction(opener).invoke(Void.class, new Object[] {new Memory(64)});
    }
    for (Path library : list(Path.of(args[1]))) {
      NativeLibrary.getInstance(library.toString());
    }
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      maps.filter(line -> line.contains(".so"))
          .map(line -> MAPPED + line.substring(line.indexOf('/')))
          .distinct()
          .forEach(System.out::println);
    }
  }

  static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
