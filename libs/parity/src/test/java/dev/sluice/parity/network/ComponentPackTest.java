package dev.sluice.parity.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComponentPackTest {

  @TempDir Path temp;

  @Test
  void run_namesTheFirstIntermediateThatIsOff() throws IOException {
    Path pack = copyOf("unet2d-ddpm");
    replace(pack.resolve("config.json"), "\"norm_eps\": 1e-06", "\"norm_eps\": 0.5");

    PackResult result = ComponentPack.read(pack).run();

    assertThat(result.passes()).isFalse();
    assertThat(result.worstError()).isGreaterThan(1e-3).isFinite();
    assertThat(result.firstDeviation().tensor()).isEqualTo("mid.down_blocks.0");
  }

  @Test
  void run_comparesEveryOutputOfEveryCall() {
    PackResult result = ComponentPack.read(GoldenPack.folder("vae-sd-legacykeys")).run();

    assertThat(result.outputs())
        .extracting(Comparison::tensor)
        .containsExactly("out.mean", "out.logvar", "out.std", "out.image");
    assertThat(result.firstDeviation()).isNull();
  }

  @Test
  void run_saysWhatIsMissing_whenTheConfigAsksForOtherWeights() throws IOException {
    Path pack = copyOf("unet2d-ddpm");
    replace(pack.resolve("config.json"), "\"layers_per_block\": 2", "\"layers_per_block\": 3");

    assertThatThrownBy(() -> ComponentPack.read(pack).run())
        .hasMessageContaining("missing")
        .hasMessageContaining("resnets.2");
  }

  @Test
  void read_namesTheFile_whenItListsNoCalls() throws IOException {
    Path pack = copyOf("unet2d-ddpm");
    Files.writeString(pack.resolve("about.json"), "{}");

    assertThatThrownBy(() -> ComponentPack.read(pack))
        .hasMessageContaining("about.json")
        .hasMessageContaining("calls");
  }

  private Path copyOf(String name) throws IOException {
    Path copy = Files.createDirectory(temp.resolve(name));
    try (Stream<Path> files = Files.list(GoldenPack.folder(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private static void replace(Path file, String what, String with) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(what);
    Files.writeString(file, text.replace(what, with));
  }
}
