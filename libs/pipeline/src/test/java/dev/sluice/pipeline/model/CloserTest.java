package dev.sluice.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloserTest {

  private final List<String> closed = new ArrayList<>();

  @Test
  void close_closesTheLatestFirst_whateverFails() {
    try (Closer closer = new Closer()) {
      closer.opened(() -> closed.add("first"));
      closer.opened(
          () -> {
            throw new IllegalStateException("cannot be closed");
          });
      closer.opened(() -> closed.add("last"));
      assertThat(closer.<AutoCloseable>opened(null)).isNull();
    }

    assertThat(closed).containsExactly("last", "first");
  }

  @Test
  void handOver_leavesThemOpen() {
    try (Closer closer = new Closer()) {
      closer.opened(() -> closed.add("first"));
      closer.handOver();
    }

    assertThat(closed).isEmpty();
  }
}
