package dev.sluice.parity.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.loading.Precision;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Bfloat16GoldenTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"unet-sd15", "unet-if-stage1", "unet2d-adm", "vae-sd", "sd3-mmdit", "t5-encoder"})
  void aNetworkInBfloat16_isNearTheReferenceAndIsNotFloat32(String pack) {
    PackResult result = ComponentPack.read(GoldenPack.folder(pack)).run(Precision.BFLOAT16);

    assertThat(result.passes()).as(result.toString()).isTrue();
    assertThat(result.worstError()).as("products that are rounded").isGreaterThan(1e-3);
  }
}
