package dev.sluice.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sluice.contract.v1.GenerationRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What the commands that make pictures ask for. */
class PictureCommandsTest {

  private static final ByteString BYTES = ByteString.copyFromUtf8("a picture");

  @TempDir private Path folder;
  private String picture;

  @BeforeEach
  void writePicture() throws Exception {
    picture = Files.write(folder.resolve("a.png"), BYTES.toByteArray()).toString();
  }

  private static <T> T parsed(T command, String... arguments) {
    new CommandLine(command).parseArgs(arguments);
    return command;
  }

  @Test
  void variations_areWhatGenerateAsksForWithItsOptions() {
    GenerationRequest asked =
        parsed(new VariationsCommand(), picture, "--n", "3", "--seed", "8", "--keep-structure")
            .request()
            .build();

    assertThat(asked)
        .isEqualTo(
            parsed(
                    new GenerateCommand(),
                    "--image",
                    picture,
                    "--variation",
                    "--n=3",
                    "--seed=8",
                    "--keep-structure")
                .request()
                .build());
    assertThat(asked.getVariation()).isTrue();
    assertThat(asked.getImage()).isEqualTo(BYTES);
    assertThat(asked.getN()).isEqualTo(3);
  }

  @Test
  void textDiff_isWhatGenerateAsksForWithItsOptions() {
    assertThat(parsed(new TextDiffCommand(), picture, "a cat", "a lion").request().build())
        .isEqualTo(
            parsed(
                    new GenerateCommand(),
                    "--image",
                    picture,
                    "--change-from",
                    "a cat",
                    "--change-to",
                    "a lion",
                    "--frames",
                    "4")
                .request()
                .build());
  }

  @Test
  void edit_isWhatGenerateAsksForWithItsOptions() {
    assertThat(
            parsed(
                    new EditCommand(),
                    picture,
                    "a red door",
                    "--mask",
                    picture,
                    "--strength",
                    "0.5",
                    "--sampler",
                    "DDIMScheduler")
                .request()
                .build())
        .isEqualTo(
            parsed(
                    new GenerateCommand(),
                    "a red door",
                    "--image",
                    picture,
                    "--mask",
                    picture,
                    "--strength",
                    "0.5",
                    "--sampler",
                    "DDIMScheduler")
                .request()
                .build());
  }

  @Test
  void interpolate_takesFiveFramesAndNeedsAnEnd() {
    InterpolateCommand way = parsed(new InterpolateCommand(), "a cat", "--to", "a dog");

    assertThat(way.request().getN()).isEqualTo(5);
    assertThat(way.request().getInterpolation().getPrompt()).isEqualTo("a dog");

    CommandLine nowhere = new CommandLine(new InterpolateCommand());
    StringWriter said = new StringWriter();
    nowhere.setErr(new PrintWriter(said));
    assertThat(nowhere.execute("a cat")).isEqualTo(2);
    assertThat(said.toString()).contains("Give --to, --to-image or --to-seed");
  }

  @Test
  void size_thatIsNoneIsToldWithWhatWouldBe() {
    assertThatThrownBy(() -> parsed(new GenerateCommand(), "a", "--size", "64"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("--size")
        .hasMessageContaining("'64' is not WIDTHxHEIGHT, such as 64x64");
    assertThat(parsed(new GenerateCommand(), "a", "--size", "64x32").request().getHeight())
        .isEqualTo(32);
  }
}
