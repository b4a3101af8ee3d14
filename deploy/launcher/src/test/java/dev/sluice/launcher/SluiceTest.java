package dev.sluice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SluiceTest {

  @TempDir private Path folder;

  @Test
  void everyCommand_tellsWhatItIs() {
    CommandLine sluice = Sluice.commandLine();

    sluice
        .getSubcommands()
        .forEach(
            (name, command) ->
                assertThat(command.getCommandSpec().usageMessage().description())
                    .as(name)
                    .isNotEmpty());
  }

  @Test
  void completion_isAScriptThatBashTakes() throws Exception {
    StringWriter said = new StringWriter();
    CommandLine sluice = Sluice.commandLine();
    sluice.setOut(new PrintWriter(said));

    assertThat(sluice.execute("completion")).isZero();

    assertThat(said.toString()).contains("dead-letters", "--keep-structure");
    Path script = Files.writeString(folder.resolve("completion.sh"), said.toString());
    assertThat(new ProcessBuilder("bash", "-n", script.toString()).start().waitFor()).isZero();
  }

  @Test
  void help_tellsTheExitStatus() {
    StringWriter said = new StringWriter();
    CommandLine sluice = Sluice.commandLine();
    sluice.setOut(new PrintWriter(said));

    assertThat(sluice.execute("--help")).isZero();

    assertThat(said.toString()).contains("Exit status:", "2   called wrongly");
  }
}
