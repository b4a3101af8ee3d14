package dev.sluice.launcher.care;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.launcher.care.Finding.Severity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineChecksTest {

  @TempDir private Path folder;

  @Test
  void processor_needsAvx() {
    assertThat(MachineChecks.processor(Set.of("sse2")).severity()).isEqualTo(Severity.WRONG);
    assertThat(MachineChecks.processor(Set.of("avx")).severity()).isEqualTo(Severity.REMARK);
    assertThat(MachineChecks.processor(Set.of("avx", "avx2")).severity()).isEqualTo(Severity.GOOD);
    assertThat(MachineChecks.processor(Set.of("avx", "avx2", "amx_bf16")).found())
        .contains("amx_bf16", "bfloat16");
  }

  @Test
  void memory_thatIsTooLittleIsToldWithWhatIsNeeded() {
    assertThat(MachineChecks.memory(1_000_000_000).advice()).contains("3 GB");
    assertThat(MachineChecks.memory(8_000_000_000L).severity()).isEqualTo(Severity.GOOD);
  }

  @Test
  void executes_triesIt() throws Exception {
    assertThat(MachineChecks.executes(folder.resolve("new"), "").severity())
        .isEqualTo(Severity.GOOD);
    assertThat(folder.resolve("new")).isEmptyDirectory();

    Path file = Files.createFile(folder.resolve("file"));
    Finding finding = MachineChecks.executes(file, "SOME=FOLDER");
    assertThat(finding.severity()).isEqualTo(Severity.WRONG);
    assertThat(finding.advice()).contains("SOME=FOLDER");
  }

  @Test
  void disk_ofAFolderThatIsNotThereYetIsThatOfTheOneAbove() {
    assertThat(MachineChecks.disk(folder.resolve("a/b")).severity()).isNotEqualTo(Severity.WRONG);
  }

  @Test
  void memory_ofThisProcessIsSomeMegabytes() {
    assertThat(Memory.ofDescendants(ProcessHandle.current().pid())).isGreaterThan(10_000_000);
    assertThat(Memory.available()).isPositive();
  }
}
