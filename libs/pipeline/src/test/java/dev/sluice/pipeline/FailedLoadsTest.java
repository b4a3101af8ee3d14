package dev.sluice.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.UnusableModelException;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsWriter;
import dev.sluice.safetensors.TensorSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A damaged model that is asked for again and again takes no memory: the decoder of the model that
 * ships, whose weights take 26 MB, so that a few that stay would show.
 */
class FailedLoadsTest {

  private static final Path SHAPES =
      Path.of(System.getProperty("sluice.goldens")).resolveSibling("models/shapes-unclip");

  private static final Path MEMORY = Path.of("/proc/self/statm");
  private static final String WEIGHTS = "decoder/diffusion_pytorch_model.safetensors";
  private static final int PAGE = 4096;
  private static final int WARM_UP = 5;

  /** Less than five decoders; fifteen would take 390 MB. */
  private static final long MOST_GROWTH = 120L << 20;

  @TempDir private Path folder;

  @BeforeEach
  void copy() throws IOException {
    try (Stream<Path> files = Files.walk(SHAPES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(SHAPES.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private static long resident() throws IOException {
    return Long.parseLong(Files.readString(MEMORY).split(" ")[1]) * PAGE;
  }

  /**
   * In a process of its own, whose heap is resident from the start: prints by how many bytes memory
   * grew. Arguments: the model's folder, how many loads, what all of them must say.
   */
  public static void main(String[] args) throws IOException {
    long before = 0;
    int loads = WARM_UP + Integer.parseInt(args[1]);
    for (int i = 0; i < loads; i++) {
      if (i == WARM_UP) {
        before = resident();
      }
      assertThatThrownBy(
              () ->
                  Families.denoiser(ModelFolder.open(Path.of(args[0])), BatchLimit.DEFAULT).close())
          .isInstanceOf(UnusableModelException.class)
          .hasMessageContaining(args[2]);
    }
    System.out.println("grew by " + (resident() - before));
  }

  private void assertLoadsLeaveNothing(int loads, String reason) throws Exception {
    assumeThat(MEMORY).exists();
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xms256m",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:+AlwaysPreTouch",
                "-Dsluice.goldens=" + System.getProperty("sluice.goldens"),
                "-cp",
                classes,
                FailedLoadsTest.class.getName(),
                folder.toString(),
                Integer.toString(loads),
                reason)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    String grew = output.substring(output.lastIndexOf(' ') + 1).strip();
    assertThat(Long.parseLong(grew)).isLessThan(MOST_GROWTH);
  }

  @Test
  void aTruncatedFile() throws Exception {
    Path weights = folder.resolve(WEIGHTS);
    try (FileChannel file = FileChannel.open(weights, StandardOpenOption.WRITE)) {
      file.truncate(Files.size(weights) - 1000);
    }

    assertLoadsLeaveNothing(100, "diffusion_pytorch_model.safetensors");
  }

  /** Found after most of the others have been read. */
  @Test
  void aTensorThatIsNotFinite() throws Exception {
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    try (TensorSource source = Checkpoints.open(folder.resolve("decoder"))) {
      for (String name : source.names()) {
        tensors.put(
            name,
            new NamedTensor(DType.F16, source.info(name).shape(), source.floats(name).clone()));
      }
    }
    float[] last = tensors.get("conv_out.weight").values();
    last[last.length - 1] = Float.NaN;
    SafetensorsWriter.write(folder.resolve(WEIGHTS), tensors, Map.of());

    assertLoadsLeaveNothing(15, "NaN or infinity");
  }
}
