package dev.sluice.gateway.work;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.v1.AcceptedGeneration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AcceptedWorksTest {

  private static final Timestamp EVER = Timestamps.EPOCH;

  private final AcceptedWorks works = new AcceptedWorks(5);

  private static AcceptedGeneration work(String id, String tenant, long second) {
    return AcceptedGeneration.newBuilder()
        .setWorkId(id)
        .setTenant(tenant)
        .setCreatedAt(Timestamps.fromSeconds(second))
        .build();
  }

  private List<String> list(String tenant, String after, int limit) {
    return works.list(tenant, works.find(after), EVER, limit).stream()
        .map(AcceptedGeneration::getWorkId)
        .toList();
  }

  @Test
  void list_isATenantsOwnNewestFirstPageByPage() {
    works.add(work("b", "t", 2));
    works.add(work("a", "t", 1));
    works.add(work("other", "u", 3));
    works.add(work("c", "t", 4));
    works.add(work("c2", "t", 4));

    assertThat(list("t", "", 3)).containsExactly("c", "c2", "b");
    assertThat(list("t", "b", 3)).containsExactly("a");
    assertThat(list("t", "c", 1)).containsExactly("c2");
    assertThat(list("nobody", "", 3)).isEmpty();
  }

  @Test
  void list_leavesOutWhatIsTooOld() {
    works.add(work("old", "t", 1));
    works.add(work("new", "t", 9));

    assertThat(works.list("t", Optional.empty(), Timestamps.fromSeconds(5), 10))
        .extracting(AcceptedGeneration::getWorkId)
        .containsExactly("new");
  }

  @Test
  void add_takesOneHoweverOftenItComes() {
    works.add(work("a", "t", 1));
    works.add(work("a", "t", 1));

    assertThat(list("t", "", 9)).containsExactly("a");
  }

  @Test
  void add_forgetsTheOldest() {
    for (int i = 0; i < 7; i++) {
      works.add(work("w" + i, "t" + i % 2, i));
    }

    assertThat(works.find("w0")).isEmpty();
    assertThat(works.find("w1")).isEmpty();
    assertThat(list("t0", "", 9)).containsExactly("w6", "w4", "w2");
    assertThat(list("t1", "", 9)).containsExactly("w5", "w3");
  }
}
