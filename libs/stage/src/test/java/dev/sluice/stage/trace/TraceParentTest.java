package dev.sluice.stage.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stage.rig.Tasks;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class TraceParentTest {

  @Test
  void orNew_keepsAValidOne() {
    assertThat(TraceParent.orNew(Tasks.TRACE)).isSameAs(Tasks.TRACE);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "00-0af7651916cd43dd8448eb211c80319c"
      })
  void orNew_beginsATraceInPlaceOfAnInvalidOne(String invalid) {
    String fresh = TraceParent.orNew(invalid);

    assertThat(TraceParent.isValid(fresh)).isTrue();
    assertThat(fresh).isNotEqualTo(TraceParent.orNew(invalid));
  }

  @Property
  void with_doesItsWorkWhateverItIsGiven(@ForAll String anything) {
    assertThat(TraceParent.with(anything, () -> "done")).isEqualTo("done");
  }

  @Test
  void with_lastsAsLongAsTheWork() {
    TraceParent.with(
        Tasks.TRACE,
        () -> {
          assertThat(TraceParent.current()).isEqualTo(Tasks.TRACE);
          assertThat(MDC.get(TraceParent.LOG_KEY)).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        });

    assertThat(TraceParent.current()).isNull();
    assertThat(MDC.get(TraceParent.LOG_KEY)).isNull();
  }
}
