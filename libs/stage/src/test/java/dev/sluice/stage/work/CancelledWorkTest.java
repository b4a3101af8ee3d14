package dev.sluice.stage.work;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.v1.CancelWork;
import dev.sluice.contract.v1.Label;
import dev.sluice.contract.v1.TaskHeader;
import org.junit.jupiter.api.Test;

class CancelledWorkTest {

  private final CancelledWork cancelled = new CancelledWork();

  private static TaskHeader task(String work, String tenant, String label, long created) {
    return TaskHeader.newBuilder()
        .setWorkId(work)
        .setTenant(tenant)
        .setRequestId(label)
        .setCreatedAt(Timestamps.fromMillis(created))
        .build();
  }

  private static CancelWork byLabel(String tenant, String label, long at) {
    return CancelWork.newBuilder()
        .setLabel(Label.newBuilder().setTenant(tenant).setRequestId(label))
        .setAt(Timestamps.fromMillis(at))
        .build();
  }

  private static CancelWork byId(String work) {
    return CancelWork.newBuilder().setWorkId(work).setAt(Timestamps.fromMillis(100)).build();
  }

  @Test
  void contains_theWorkThatIsNamedAndNoOther() {
    cancelled.add(byId("w-1"));

    assertThat(cancelled.contains(task("w-1", "a", "cat", 50))).isTrue();
    assertThat(cancelled.contains(task("w-2", "a", "cat", 50))).isFalse();
  }

  @Test
  void contains_whatATenantCallsSoAndNotWhatAnotherTenantDoes() {
    cancelled.add(byLabel("a", "cat", 100));

    assertThat(cancelled.contains(task("w-1", "a", "cat", 50))).isTrue();
    assertThat(cancelled.contains(task("w-2", "b", "cat", 50))).isFalse();
    assertThat(cancelled.contains(task("w-3", "a", "dog", 50))).isFalse();
  }

  @Test
  void contains_nothingThatWasAskedForAfterTheCommand() {
    cancelled.add(byLabel("a", "cat", 100));
    cancelled.add(byLabel("a", "cat", 90));

    assertThat(cancelled.contains(task("w-1", "a", "cat", 100))).isTrue();
    assertThat(cancelled.contains(task("w-2", "a", "cat", 101))).isFalse();
  }

  @Test
  void add_passesOverACommandThatNamesNothing() {
    cancelled.add(CancelWork.getDefaultInstance());

    assertThat(cancelled.contains(TaskHeader.getDefaultInstance())).isFalse();
  }

  @Test
  void add_forgetsTheOldestOfVeryMany() {
    for (int i = 0; i <= 10_000; i++) {
      cancelled.add(byId("work-" + i));
    }

    assertThat(cancelled.contains(task("work-0", "", "", 0))).isFalse();
    assertThat(cancelled.contains(task("work-1", "", "", 0))).isTrue();
    assertThat(cancelled.contains(task("work-10000", "", "", 0))).isTrue();
  }
}
