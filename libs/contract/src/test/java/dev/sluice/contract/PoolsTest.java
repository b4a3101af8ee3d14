package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.contract.v1.Stage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolsTest {

  private static final Pools POOLS =
      Pools.of(List.of("denoiser/large=sd3|sdxl", "denoiser/small=*", "prior/only=karlo"));

  private static String pool(Stage stage, String model) {
    return POOLS.serving(stage, model).map(Pool::label).orElse("none");
  }

  @Test
  void serving_isThePoolThatNamesTheModel_orTakesAllOthers() {
    assertThat(pool(Stage.DENOISER, "sdxl")).isEqualTo("denoiser-large");
    assertThat(pool(Stage.DENOISER, "shapes")).isEqualTo("denoiser-small");
    assertThat(pool(Stage.PRIOR, "karlo")).isEqualTo("prior-only");
    assertThat(pool(Stage.PRIOR, "shapes")).isEqualTo("none");
    assertThat(pool(Stage.UPSCALER, "sdxl")).as("of which nothing is said").isEqualTo("upscaler");
  }

  @Test
  void aPoolHasATopicAndAGroupOfItsOwn() {
    Pool large = POOLS.named(Stage.DENOISER, "large");

    assertThat(large.topic()).isEqualTo("sluice.denoiser.large");
    assertThat(large.group()).isEqualTo("sluice-denoiser-large");
    assertThat(Pool.whole(Stage.DENOISER).topic()).isEqualTo(Topics.tasks(Stage.DENOISER));
    assertThat(Pool.whole(Stage.TEXT_ENCODER).group()).isEqualTo("sluice-text-encoder");
    assertThat(POOLS.all()).hasSize(5);
    assertThat(Pools.ONE_EACH.all()).hasSize(Stages.ALL.size());
  }

  @Test
  void named_saysWhichThereAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> POOLS.named(Stage.DENOISER, ""))
        .withMessageContaining("large, small");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> POOLS.named(Stage.UPSCALER, "large"))
        .withMessageContaining("one pool for all");
  }

  @ParameterizedTest
  @CsvSource({
    "denoiser=sd3, denoiser/large=sd3|sdxl",
    "denoiser/Large=sd3, denoiser/large=sd3|sdxl",
    "decoder/large=sd3, text-encoder",
    "denoiser/large=../sd3, no name of a model",
    "denoiser/large=sd3|, no name of a model",
  })
  void of_saysWhatCannotBeRead(String entry, String right) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pools.of(List.of(entry)))
        .withMessageContaining(right);
  }

  @ParameterizedTest
  @CsvSource({
    "prior/a=x, prior/a=y, two pools prior/a",
    "prior/a=x|y, prior/b=z|y, both serve y",
    "prior/a=*, prior/b=*, all other models",
  })
  void of_refusesPoolsThatContradict(String one, String other, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pools.of(List.of(one, other)))
        .withMessageContaining(why);
  }
}
