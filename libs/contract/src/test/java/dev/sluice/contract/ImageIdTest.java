package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.v1.TaskHeader;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageIdTest {

  @Property
  void parse_readsWhatToStringWrote(
      @ForAll @StringLength(min = 1, max = 128) String workId,
      @ForAll @IntRange(max = 999_999_999) int index) {
    if (ImageId.isName(workId)) {
      ImageId id = new ImageId(workId, index);

      assertThat(ImageId.parse(id.toString())).contains(id);
    } else {
      assertThat(ImageId.parse(workId + "/" + index)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "cat", "cat/", "/0", "cat/-1", "cat/01", "c t/0", "cat/0/0", "cat/0\n"})
  void parse_findsNoPictureInAnythingElse(String id) {
    assertThat(ImageId.parse(id)).isEmpty();
  }

  @Test
  void of_readsATasksHeader() {
    TaskHeader header = TaskHeader.newBuilder().setWorkId("cat").setImageIndex(3).build();

    assertThat(ImageId.of(header)).contains(new ImageId("cat", 3));
    assertThat(ImageId.of(header.toBuilder().setWorkId("a b").build())).isEmpty();
    assertThat(ImageId.of(header.toBuilder().setImageIndex(-1).build())).isEmpty();
  }

  @Test
  void new_refusesWhatCannotBeWritten() {
    assertThatThrownBy(() -> new ImageId("a/b", 0)).hasMessageContaining("1 to 128 characters");
    assertThatThrownBy(() -> new ImageId("a", -1)).hasMessageContaining("index from 0");
  }
}
