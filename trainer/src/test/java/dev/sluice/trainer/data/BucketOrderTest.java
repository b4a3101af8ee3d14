package dev.sluice.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BucketOrderTest {

  private static final int ROWS = 4;

  @Test
  void everyEntryOfEveryBucket_comesOnceInARound() {
    int[] counts = {12, 4, 8};
    BucketOrder order = new BucketOrder(counts, ROWS, 7);
    for (int round = 0; round < 3; round++) {
      Set<String> seen = new TreeSet<>();
      for (int i = 0; i < 6; i++) {
        BucketOrder.Batch batch = order.batch(round * 6L + i);
        assertThat(batch.bucket()).isEqualTo(order.bucket(round * 6L + i));
        for (int entry : batch.entries()) {
          assertThat(entry).isBetween(0, counts[batch.bucket()] - 1);
          seen.add(batch.bucket() + "/" + entry);
        }
      }
      assertThat(seen).as("round " + round).hasSize(24);
    }
  }

  @Test
  void aBatchIsTheSameWheneverItIsAskedFor_andAnotherInTheNextRound() {
    BucketOrder one = new BucketOrder(new int[] {80, 40}, ROWS, 3);
    BucketOrder other = new BucketOrder(new int[] {80, 40}, ROWS, 3);
    other.batch(95);
    for (int i = 0; i < 60; i++) {
      assertThat(other.batch(i).entries()).isEqualTo(one.batch(i).entries());
    }
    assertThat(turns(one, 0)).isNotEqualTo(turns(one, 30));
  }

  private static int[] turns(BucketOrder order, int first) {
    return IntStream.range(first, first + 30).map(order::bucket).toArray();
  }

  @Test
  void oneBucket_isInTheOrderOfASet() {
    Shuffled set = new Shuffled(10, 5);
    BucketOrder order = new BucketOrder(new int[] {10}, ROWS, 5);
    for (int i = 0; i < 2; i++) {
      assertThat(order.batch(i).entries()).isEqualTo(set.batch(i, ROWS));
    }
  }

  @Test
  void aBucketOfFewerThanABatch_hasItsTurnAllTheSame() {
    BucketOrder order = new BucketOrder(new int[] {8, 1}, ROWS, 5);
    assertThat(
            IntStream.range(0, 3)
                .mapToObj(order::batch)
                .collect(Collectors.toMap(b -> b.bucket(), b -> 1, Integer::sum)))
        .containsEntry(0, 2)
        .containsEntry(1, 1);
  }
}
