package dev.sluice.launcher.system;

import static dev.sluice.launcher.system.SharedInstance.LATENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.launcher.client.RecipeReader;
import org.junit.jupiter.api.Test;

/** LoRAs that are added to a model by its name in a request, through all stages. */
class LorasIT extends SystemTest {

  private static GenerationRequest.Builder with(String added, String id) {
    return recorded(LATENT + added, 42, 5, 4).setRequestId(id).setPrompt("a ship");
  }

  private static Image image(GenerationRequest.Builder request) {
    return overGrpc(request.build()).get(0);
  }

  @Test
  void eachRequestHasItsOwn_andTheRecipeSaysWhich() throws Exception {
    ByteString plain = image(with("", "lora-none")).getPng();
    Image half = image(with("+other:0.5", "lora-half"));
    ByteString whole = image(with("+other", "lora-whole")).getPng();

    assertThat(Png.largestDifference(plain, image(with("+other:0", "lora-zero")).getPng()))
        .isLessThanOrEqualTo(1);
    assertThat(Png.largestDifference(plain, half.getPng())).isGreaterThan(10);
    assertThat(Png.largestDifference(whole, half.getPng())).isGreaterThan(10);
    assertThat(Png.largestDifference(plain, image(with("", "lora-none-again")).getPng()))
        .isLessThanOrEqualTo(1);

    Recipe recipe = RecipeReader.read(half.getPng().toByteArray(), "the picture");
    assertThat(recipe.getRequest().getModel()).isEqualTo(LATENT + "+other:0.5");
    assertThat(recipe.getComponentsMap()).containsKey("loras/other");
    Image again = image(recipe.getRequest().toBuilder().setRequestId("lora-replayed"));
    assertThat(Png.largestDifference(half.getPng(), again.getPng())).isLessThanOrEqualTo(1);
  }

  @Test
  void oneThatIsNotThere_orDoesNotFit_isSaidAtTheDoor() throws Exception {
    String asked = "{\"prompt\": \"a ship\", \"model\": \"%s\"}";

    assertThat(overHttp(asked.formatted(LATENT + "+missing")))
        .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(404))
        .satisfies(
            answer ->
                assertThat(answer.body())
                    .contains("there is no LoRA")
                    .contains("missing")
                    .contains("there are: other"));
    assertThat(overHttp(asked.formatted("pipe-ddpm+other")))
        .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(422))
        .satisfies(answer -> assertThat(answer.body()).contains("LoRA other: "));
  }
}
