package dev.sluice.launcher.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

  @TempDir private Path state;

  @Test
  void close_removesADiscardedFolderWithAllInIt() throws IOException {
    RunFolder run = RunFolder.temporary(state);
    Files.createDirectories(run.kafka().resolve("topic-0"));
    Files.writeString(run.kafka().resolve("topic-0/segment.log"), "records");
    run.discard();

    run.close();

    assertThat(run.logs().getParent()).doesNotExist();
  }

  @Test
  void close_keepsTheLogsOfACommandThatFailed() throws IOException {
    RunFolder run = RunFolder.temporary(state);
    Files.writeString(run.logs().resolve("broker.log"), "no space left");

    run.close();

    assertThat(run.logs().resolve("broker.log")).exists();
  }

  @Test
  void temporary_removesTheFoldersOfProcessesThatAreGoneAndNoOthers() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Path runs = state.resolve("runs");
    Files.createDirectories(runs.resolve(gone.pid() + "/logs"));
    Path foreign = Files.createDirectories(runs.resolve("notes"));
    Path alive =
        Files.createDirectories(
            runs.resolve(Long.toString(ProcessHandle.current().parent().orElseThrow().pid())));

    RunFolder.temporary(state);

    assertThat(runs.resolve(Long.toString(gone.pid()))).doesNotExist();
    assertThat(foreign).exists();
    assertThat(alive).exists();
  }

  @Test
  void models_areLinkedAndOutliveTheFolder() throws IOException {
    Path model = Files.createDirectories(state.resolve("elsewhere/my model"));
    Path index = Files.writeString(model.resolve("model_index.json"), "{}");
    RunFolder run = RunFolder.temporary(state);

    Path models = run.models(Map.of("my-model", model), Map.of());

    assertThat(models).isDirectoryContaining(found -> found.endsWith("my-model"));
    assertThat(models.resolve("my-model/model_index.json")).isRegularFile();

    run.discard();
    run.close();

    assertThat(models).doesNotExist();
    assertThat(index).exists();
  }

  @Test
  void lasting_isTheSameFolderEveryTime() {
    assertThat(RunFolder.lasting(state).kafka()).isEqualTo(RunFolder.lasting(state).kafka());
  }
}
