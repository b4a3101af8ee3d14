package dev.sluice.stage.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.contract.v1.ModelWork;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkMeterTest {

  private final AtomicLong now = new AtomicLong(5_000_000_000L);
  private final WorkMeter meter = new WorkMeter(now::get);

  private void pass(double seconds) {
    now.addAndGet((long) (seconds * 1e9));
  }

  private ModelWork of(String model) {
    return meter.work().stream()
        .filter(work -> work.getModel().equals(model))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void work_ofOneTaskTakesItsTime() {
    WorkMeter.Turn turn = meter.begin("a", 100);
    pass(4);
    assertThat(of("a").getTasksInWork()).isEqualTo(1);
    assertThat(of("a").getWorkInWork()).isEqualTo(100);

    turn.end(true);

    assertThat(of("a"))
        .isEqualTo(ModelWork.newBuilder().setModel("a").setWorkDone(100).setSeconds(4).build());
  }

  @Test
  void work_ofTasksSideBySideSharesTheTime() {
    WorkMeter.Turn first = meter.begin("a", 100);
    WorkMeter.Turn second = meter.begin("a", 100);
    pass(10);
    first.end(true);
    second.end(true);

    assertThat(of("a").getWorkDone()).isEqualTo(200);
    assertThat(of("a").getSeconds()).as("of the worker").isCloseTo(10, within(1e-6));
  }

  @Test
  void time_isSplitAmongModels() {
    WorkMeter.Turn large = meter.begin("large", 900);
    pass(2);
    WorkMeter.Turn small = meter.begin("small", 10);
    pass(2);
    small.end(true);
    pass(1);
    large.end(true);

    assertThat(of("small").getSeconds()).isCloseTo(1, within(1e-6));
    assertThat(of("large").getSeconds()).isCloseTo(2 + 1 + 1, within(1e-6));
  }

  @Test
  void waiting_costsNoTime() {
    WorkMeter.Turn loads = meter.begin("a", 100);
    WorkMeter.Turn runs = meter.begin("b", 100);
    loads.waits();
    pass(30);
    runs.end(true);
    loads.goesOn();
    pass(2);
    loads.end(true);

    assertThat(of("a").getSeconds()).isCloseTo(2, within(1e-6));
    assertThat(of("b").getSeconds()).as("alone meanwhile").isCloseTo(30, within(1e-6));
  }

  @Test
  void whatWasNotDoneAsAWhole_isNotMeasured() {
    WorkMeter.Turn failed = meter.begin("a", 100);
    pass(7);
    failed.end(false);
    WorkMeter.Turn undeclared = meter.begin("a", 0);
    pass(7);
    undeclared.end(true);

    assertThat(of("a")).isEqualTo(ModelWork.newBuilder().setModel("a").build());
  }
}
