package dev.sluice.pipeline.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.networks.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StacksTest {

  private final Stacks stacks = new Stacks();

  private static Row.Constants text(float value) {
    HostTensor.Floats states = new HostTensor.Floats(new float[] {value, -value}, 1, 2, 1);
    HostTensor.Longs mask = new HostTensor.Longs(new long[] {(long) value, 1}, 1, 2);
    return new Row.Constants(Map.of("states", states, "mask", mask));
  }

  private static Row row(Row.Constants text, float sample) {
    return new Row(text, Map.of("sample", new HostTensor.Floats(new float[] {sample}, 1, 1)));
  }

  private static float[] floats(Map<String, HostTensor> batch, String name) {
    return ((HostTensor.Floats) batch.get(name)).values();
  }

  @Test
  void batch_stacksWhatDoesNotChangeOnceWhileItsMembersStay() {
    Row.Constants one = text(1);
    Row.Constants two = text(2);

    Map<String, HostTensor> first = stacks.batch(List.of(row(one, 5), row(two, 6)));
    Map<String, HostTensor> second = stacks.batch(List.of(row(one, 7), row(two, 8)));

    assertThat(second.get("states")).isSameAs(first.get("states"));
    assertThat(second.get("mask")).isSameAs(first.get("mask"));
    assertThat(floats(first, "sample")).containsExactly(5, 6);
    assertThat(floats(second, "sample")).containsExactly(7, 8);
  }

  /** Whatever came before, a batch is the rows put side by side. */
  @Property(tries = 100)
  void batch_isItsRowsInAnyOrderAndCompany(
      @ForAll @Size(max = 12) List<@IntRange(min = 1, max = 255) Integer> choices) {
    List<Row.Constants> texts = List.of(text(1), text(2), text(3));
    Stacks used = new Stacks();
    for (int choice : choices) {
      List<Integer> members = new ArrayList<>();
      for (int rest = choice; rest > 0; rest /= 4) {
        members.add(rest % 3);
      }
      Collections.rotate(members, choice);
      List<Row> rows = members.stream().map(i -> row(texts.get(i), choice + i)).toList();

      Map<String, HostTensor> batch = used.batch(rows);

      assertThat(batch.get("states").shape()).containsExactly(members.size(), 2, 1);
      for (int i = 0; i < members.size(); i++) {
        assertThat(floats(batch, "states")[2 * i]).isEqualTo(members.get(i) + 1);
        assertThat(((HostTensor.Longs) batch.get("mask")).values()[2 * i])
            .isEqualTo(members.get(i) + 1);
        assertThat(floats(batch, "sample")[i]).isEqualTo(choice + members.get(i));
      }
    }
  }
}
