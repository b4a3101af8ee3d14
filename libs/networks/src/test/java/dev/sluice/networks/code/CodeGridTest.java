package dev.sluice.networks.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CodeGridTest {

  private static final CodeGrid GRID = new CodeGrid(4, 10);

  @Test
  void around_isBeforeInTheOrderAndWhereItSeemsToBe() {
    assertThat(GRID.count()).isEqualTo(20);
    int none = GRID.count();
    for (int place = 0; place < GRID.count(); place++) {
      for (int other : new int[] {GRID.before(place), GRID.above(place), GRID.over(place)}) {
        assertThat(other < place || other == none).isTrue();
      }
    }
    // The top level's second row.
    assertThat(GRID.above(3)).isEqualTo(1);
    assertThat(GRID.above(1)).isEqualTo(none);
    assertThat(GRID.over(3)).isEqualTo(none);
    // Row 2, column 3 of the bottom.
    int place = GRID.top() + 2 * 4 + 3;
    assertThat(GRID.above(place)).isEqualTo(place - 4);
    assertThat(GRID.over(place)).isEqualTo(3);
    assertThat(GRID.above(GRID.top() + 3)).isEqualTo(none);
  }

  @Test
  void sample_showsEachLevelsCodesWhereTheyAreAndNoneWhereTheyAreToCome() {
    float[] top = {1, 2, 3, 4};
    float[] bottom = new float[16];
    for (int i = 0; i < 16; i++) {
      bottom[i] = i % 10;
    }
    long[] words = GRID.words(top, bottom);
    assertThat(words).startsWith(1, 2, 3, 4, 10, 11).hasSize(20);

    float[] whole = GRID.sample(words, 20).values();
    assertThat(whole)
        .startsWith(1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4, 0, 1, 2, 3)
        .endsWith(2, 3, 4, 5);
    float[] part = GRID.sample(words, 6).values();
    assertThat(part).startsWith(1, 1, 2, 2);
    assertThat(part[16 + 1]).isEqualTo(1);
    assertThat(part[16 + 2]).isEqualTo(CodeGrid.NONE);
    assertThat(GRID.sample(words, 1).values()).startsWith(1, 1, -1, -1, 1, 1, -1, -1, -1);
  }

  @Test
  void side_mustBeEven() {
    assertThatThrownBy(() -> new CodeGrid(5, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 on a side");
  }
}
