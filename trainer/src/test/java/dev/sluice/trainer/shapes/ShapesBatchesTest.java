package dev.sluice.trainer.shapes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.networks.tensor.HostTensor;
import org.junit.jupiter.api.Test;

class ShapesBatchesTest {

  private final ShapesBatches batches = new ShapesBatches(World.PAIRS, 1, 8);

  @Test
  void examples_areTheSameWheneverTheyAreAskedFor() {
    SceneSampler.Example[] fifth = batches.examples(5);
    batches.examples(9);

    assertThat(batches.examples(5)).isEqualTo(fifth);
    assertThat(batches.examplesWithNearMisses(5)).isEqualTo(batches.examplesWithNearMisses(5));
    assertThat(batches.examples(6)).isNotEqualTo(fifth);
  }

  @Test
  void examplesWithNearMisses_keepEveryOtherExample() {
    SceneSampler.Example[] plain = batches.examples(2);
    SceneSampler.Example[] mixed = batches.examplesWithNearMisses(2);

    for (int i = 0; i < 8; i++) {
      assertThat(mixed[i].equals(plain[i])).isEqualTo(i % 2 == 0);
    }
  }

  @Test
  void tokens_ofDroppedRowsAreTheEmptyText() {
    SceneSampler.Example[] examples = batches.examples(0);
    boolean[] dropped = new boolean[8];
    dropped[3] = true;

    HostTensor.Longs tokens = batches.tokens(examples, dropped);
    HostTensor.Longs mask = batches.mask(tokens);

    assertThat(ones(mask, 3)).as("start and end of text").isEqualTo(2);
    assertThat(ones(mask, 2)).isGreaterThan(4);
  }

  private static long ones(HostTensor.Longs mask, int row) {
    int length = mask.shape()[1];
    long ones = 0;
    for (int i = row * length; i < (row + 1) * length; i++) {
      ones += mask.values()[i];
    }
    return ones;
  }
}
