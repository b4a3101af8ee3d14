package dev.sluice.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.catalog.PipelineClass;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.networks.graph.HostTensor;
import dev.sluice.pipeline.Prompt;
import dev.sluice.pipeline.TensorNames;
import dev.sluice.pipeline.TextEncoder;
import dev.sluice.stage.InvalidTaskException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EnginesTest {

  private final Engines<TextEncoder> engines = StageTrial.engines();

  @BeforeEach
  void load() {
    engines.load(PipelineClass::takesText, (model, limit) -> TextEncoder.load(model));
  }

  @AfterEach
  void close() {
    engines.close();
  }

  @Test
  void of_givesTheEngineThatWasLoadedAtTheStart() {
    assertThat(engines.of(StageTrial.MODEL)).isSameAs(engines.of(StageTrial.MODEL));
  }

  @Test
  void of_loadsAnotherModelWhenItIsFirstAskedFor() {
    TextEncoder other = engines.of("pipe-unclip-image-variation");

    assertThat(other).isSameAs(engines.of("pipe-unclip-image-variation"));
    assertThat(values(other)).isNotEqualTo(values(engines.of(StageTrial.MODEL)));
  }

  private static float[] values(TextEncoder encoder) {
    return ((HostTensor.Floats) encoder.encode(Prompt.of("a horse")).get(TensorNames.TEXT_EMBEDS))
        .values();
  }

  @Test
  void of_saysThatThereIsNoSuchModel() {
    assertThatThrownBy(() -> engines.of("../goldens/pipe-unclip"))
        .asInstanceOf(InstanceOfAssertFactories.type(InvalidTaskException.class))
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
              assertThat(e.field()).isEqualTo("model");
              assertThat(e).hasMessageContaining("pipe-unclip");
            });
  }

  @Test
  void of_saysWhyAModelCannotBeServed() {
    assertThatThrownBy(() -> engines.of("pipe-ddpm"))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("DDPMPipeline takes no text");
  }
}
