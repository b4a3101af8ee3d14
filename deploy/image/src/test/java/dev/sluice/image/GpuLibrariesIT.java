package dev.sluice.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an image of the GPU build holds of CUDA: all that is opened on a node that has only NVIDIA's
 * driver. No GPU is needed to see that.
 */
@EnabledIfSystemProperty(named = "tensorflow.platform", matches = ".*-gpu")
class GpuLibrariesIT {

  private static final Path HOME = Path.of(System.getProperty("sluice.home"));

  /** A container engine puts them into the container of whom it gives a GPU. */
  private static final String OF_THE_DRIVER = "lib(cuda|nvidia-[\\w-]+|nvoptix)\\.so[.\\d]*";

  private static final String OF_THE_BASE =
      "(ld-linux-x86-64|lib(c|dl|gcc_s|m|pthread|rt|stdc\\+\\+|util|z))\\.so[.\\d]*";

  /** Nsight's part of CUPTI, for counters that TensorFlow's profiler does not ask for. */
  private static final String OF_NSIGHT = "libnvperf_host\\.so";

  @TempDir private static Path folder;
  private static Path cuda;
  private static String log;

  @BeforeAll
  static void openAllAsOnANodeWithoutCuda() throws Exception {
    Path service = folder.resolve("image/opt/sluice");
    cuda = service.resolve("cuda");
    Process layout =
        new ProcessBuilder(
                HOME.resolve("deploy/image/layout").toString(),
                "denoiser",
                folder.resolve("image").toString())
            .inheritIO()
            .start();
    assertThat(layout.waitFor()).isZero();

    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(":", placeOf(OpenLibraries.class), placeOf(Native.class)),
                OpenLibraries.class.getName(),
                unpackedFramework(service.resolve("lib")).toString(),
                cuda.toString())
            .redirectErrorStream(true);
    command.environment().put("LD_LIBRARY_PATH", cuda.toString());
    command.environment().put("TF_CPP_MIN_LOG_LEVEL", "0");
    command.environment().put("TF_CPP_MAX_VLOG_LEVEL", "1");
    Process opening = command.start();
    log = new String(opening.getInputStream().readAllBytes());
    assertThat(opening.waitFor()).as(log).isZero();
  }

  @Test
  void tensorFlowFindsEveryLibraryThatItOpensByName_butTheDrivers() throws IOException {
    Set<String> opened = inLog("Successfully opened dynamic library (\\S+)");
    assertThat(opened).contains("libcudart.so.12", "libcudnn.so.9");
    assertThat(inLog("Could not load dynamic library '([^']+)'"))
        .as(log)
        .allMatch(name -> name.matches(OF_THE_DRIVER));
  }

  @Test
  void whatLibrariesNeedIsInTheImageOrItsBase() {
    Set<String> elsewhere =
        inLog(OpenLibraries.MAPPED + "(\\S+)").stream()
            .filter(file -> !file.startsWith(cuda.toString()))
            .filter(file -> !file.startsWith(System.getProperty("java.home")))
            .map(file -> Path.of(file).getFileName().toString())
            .collect(Collectors.toCollection(TreeSet::new));
    elsewhere.removeIf(name -> name.matches(OF_THE_BASE + "|" + OF_THE_DRIVER));
    assertThat(elsewhere).containsExactly("libtensorflow_framework.so.2");
  }

  @Test
  void whatLibrariesOfCudaNameOfCudaIsInTheImage() throws IOException {
    Set<String> present =
        OpenLibraries.list(cuda).stream()
            .map(library -> library.getFileName().toString())
            .collect(Collectors.toSet());
    Pattern name = Pattern.compile("lib(cu|nv)[\\w-]+\\.so(\\.\\d+)*");
    for (Path library : OpenLibraries.list(cuda)) {
      assertThat(Strings.matching(name, library))
          .as("named in %s", library.getFileName())
          .allMatch(
              // To some a version is added when they are opened.
              named ->
                  named.matches(OF_THE_DRIVER + "|" + OF_NSIGHT)
                      || present.stream().anyMatch(had -> (had + ".").startsWith(named + ".")));
    }
  }

  private static Set<String> inLog(String pattern) {
    return Pattern.compile(pattern)
        .matcher(log)
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Path unpackedFramework(Path jars) throws IOException {
    Path jar;
    try (var files = Files.walk(jars)) {
      jar =
          files
              .filter(file -> file.toString().matches(".*tensorflow-core-native.*-gpu\\.jar"))
              .findFirst()
              .orElseThrow();
    }
    String name = "libtensorflow_framework.so.2";
    try (FileSystem inside = FileSystems.newFileSystem(jar)) {
      return Files.copy(
          inside.getPath("org/tensorflow/internal/c_api/linux-x86_64-gpu", name),
          folder.resolve(name));
    }
  }

  private static String placeOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
