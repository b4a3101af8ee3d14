package dev.sluice.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.JsonFormat;
import dev.sluice.catalog.loading.Precision;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.TaskHeader;
import org.junit.jupiter.api.Test;

class RecipePrecisionTest {

  private static final TaskHeader HEADER =
      TaskHeader.newBuilder()
          .setImageId("r/0")
          .setRecipe("{\"request\":{\"prompt\":\"a circle\",\"seed\":\"7\"},\"version\":\"1\"}")
          .build();

  @Test
  void noted_namesAnotherPrecisionAndKeepsTheRest() throws Exception {
    TaskHeader noted = RecipePrecision.noted(HEADER, Precision.BFLOAT16);

    Recipe.Builder recipe = Recipe.newBuilder();
    JsonFormat.parser().merge(noted.getRecipe(), recipe);
    assertThat(recipe.getPrecision()).isEqualTo("bfloat16");
    assertThat(recipe.getRequest().getPrompt()).isEqualTo("a circle");
    assertThat(recipe.getRequest().getSeed()).isEqualTo(7);
    assertThat(recipe.getVersion()).isEqualTo("1");
    assertThat(noted.toBuilder().setRecipe(HEADER.getRecipe()).build()).isEqualTo(HEADER);
  }

  @Test
  void noted_addsNothingInFloat32OrWhereThereIsNoRecipe() {
    TaskHeader without = HEADER.toBuilder().clearRecipe().build();

    assertThat(RecipePrecision.noted(HEADER, Precision.FLOAT32)).isEqualTo(HEADER);
    assertThat(RecipePrecision.noted(without, Precision.BFLOAT16)).isEqualTo(without);
  }

  @Test
  void noted_leavesSomebodyElsesRecipeAlone() {
    TaskHeader foreign = HEADER.toBuilder().setRecipe("made by hand").build();

    assertThat(RecipePrecision.noted(foreign, Precision.BFLOAT16)).isEqualTo(foreign);
  }

  @Test
  void sentence_saysWhereTheProcessorIsTheReason() {
    assertThat(RecipePrecision.sentence("float32", false))
        .isEqualTo("Networks multiply in float32");
    assertThat(RecipePrecision.sentence("bfloat16", true))
        .isEqualTo("Networks multiply in bfloat16");
    assertThat(RecipePrecision.sentence("bfloat16", false)).contains("slower", "AVX512_BF16");
    assertThatThrownBy(() -> RecipePrecision.sentence("fp8", true))
        .hasMessageContaining("fp8")
        .hasMessageContaining("float32, bfloat16 or auto");
  }
}
