package dev.sluice.pipeline.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowLimitsTest {

  private final RowLimits limits = new RowLimits(new BatchLimit(8, 800));

  @Test
  void ranOut_concernsRowsOfOneShape() {
    limits.ranOut("large", 4);

    assertThat(limits.rows("large", 1)).isEqualTo(2);
    assertThat(limits.rows("small", 1)).isEqualTo(8);
    assertThat(limits.rows("small", 400)).isEqualTo(2);
  }

  @Test
  void ranOut_leavesOneRow() {
    limits.ranOut("large", 1);

    assertThat(limits.rows("large", 1)).isEqualTo(1);
  }

  @Test
  void wentWell_givesRowsBackOneByOne() {
    limits.ranOut("large", 4);
    for (int call = 0; call < RowLimits.CALLS_UNTIL_MORE; call++) {
      limits.wentWell("large");
    }
    assertThat(limits.rows("large", 1)).isEqualTo(3);
    for (int call = 0; call < 10 * RowLimits.CALLS_UNTIL_MORE; call++) {
      limits.wentWell("large");
    }
    assertThat(limits.rows("large", 1)).isEqualTo(8);
  }
}
