package dev.sluice.stage.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlobSweeperTest {

  @ParameterizedTest
  @CsvSource({"PT1S, PT10S", "PT1H, PT6M", "PT24H, PT30M"})
  void pause_isATenthOfTheRetentionWithinReason(Duration retention, Duration pause) {
    assertThat(BlobSweeper.pause(retention)).isEqualTo(pause);
  }

  @Test
  void retention_isPositive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BlobSweeper(new FolderBlobStore(Path.of("x")), Duration.ZERO))
        .withMessageContaining("such as 24h");
  }
}
