package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningSluiceTest {

  @TempDir private Path folder;

  @Test
  void start_saysWhereThereIsNoSluice() {
    assertThatThrownBy(() -> RunningSluice.start(folder, folder.resolve("state"), Map.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("There is no Sluice in " + folder)
        .hasMessageContaining("sluice.home");
  }

  @Test
  void start_saysWhatSluiceSaidWhenItEnded() throws Exception {
    Path script =
        Files.writeString(
            folder.resolve("sluice"), "#!/bin/sh\necho $SLUICE_STATE: $*: $WORD; exit 1\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();

    assertThatThrownBy(
            () ->
                RunningSluice.start(
                    folder, folder.resolve("state"), Map.of("WORD", "no Java"), "--models", "a"))
        .hasMessageContaining("Sluice did not start:")
        .hasMessageContaining(folder.resolve("state") + ": up --any-ports --models a: no Java");
  }
}
