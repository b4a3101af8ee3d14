package dev.sluice.trainer.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.graph.Network;
import dev.sluice.pipeline.model.Components;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.TrainingException;
import dev.sluice.trainer.system.Trainings;
import dev.sluice.trainer.train.TrainingLoop;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShapesUnclipTest {

  @TempDir private Path folder;

  private String train(String phase, boolean resume, String... settings) throws IOException {
    return Trainings.train(new ShapesUnclip(), folder, null, phase, resume, settings);
  }

  @Test
  void aSecondRunGoesOnFromTheSavesOfTheFirst() throws IOException {
    Path model = folder.resolve("model");
    Path save = folder.resolve("work/clip.safetensors");

    train("clip", false, "phases.clip.steps=1");
    assertThat(TrainingLoop.stepOf(save)).isEqualTo(1);
    String told = train("clip", true, "phases.clip.steps=2");
    assertThat(TrainingLoop.stepOf(save)).isEqualTo(2);
    assertThat(told).contains("clip: goes on at step 1", "clip: steps: 2, was 1");

    ModelFolder opened = ModelFolder.open(model);
    assertThat(opened.pipeline().className()).isEqualTo("UnCLIPPipeline");
    try (Network text = Components.network(opened, "text_encoder")) {
      assertThat(text).as("the weights fit the config beside them").isNotNull();
    }
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> train("clip", false))
        .withMessageContaining("--resume");

    // What comes after needs what was trained.
    train("prior", false, "phases.prior.steps=1", "phases.prior.measured=64");
    train(
        "autoregressive_prior",
        false,
        "phases.autoregressive_prior.steps=1",
        "phases.autoregressive_prior.measured=192");
    train("decoder", false, "phases.decoder.steps=1");
    train("super_res_first", false, "phases.super_res_first.steps=1");
    train("super_res_last", false, "phases.super_res_last.steps=1");
    ModelFolder whole = ModelFolder.open(model);
    for (String component :
        new String[] {
          "prior",
          "autoregressive_prior",
          "text_proj",
          "decoder",
          "super_res_first",
          "super_res_last"
        }) {
      try (Network network = Components.network(whole, component)) {
        assertThat(network.parameterCount()).as(component).isPositive();
      }
    }
  }

  @Test
  void inTheWorldOfGroups_clipLearnsItsWordsAndOthersCanBeBuiltOnIt() throws IOException {
    train("clip", false, "world=groups", "phases.clip.steps=1", "phases.clip.batch=8");

    Path model = folder.resolve("model");
    assertThat(World.of(model)).isEqualTo(World.GROUPS);
    Recipe built =
        RecipeFile.with(RecipeFile.shipped("shapes-ldm"), "built-on.text_encoder=" + model);
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> World.builtOn(built, "text_encoder"))
        .withMessageContaining("world is pairs");
    Path text = World.builtOn(RecipeFile.with(built, "world=groups"), "text_encoder");
    ShapesVocabulary vocabulary = new ShapesVocabulary(World.GROUPS);
    assertThat(Config.read(text.resolve("config.json")).integer("vocab_size"))
        .isEqualTo(vocabulary.size());
    assertThat(model.resolve("tokenizer/vocab.json")).content().contains("three</w>");
  }

  @Test
  void aPhaseThatNeedsAnother_saysSo() {
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> train("decoder", false))
        .withMessageContaining("needs the weights of the phase clip");
  }

  @Test
  void aPhaseThatIsNone_isRefusedWithThoseThatThereAre() {
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> train("clap", false))
        .withMessageContaining("no phase clap")
        .withMessageContaining("super_res_last");
  }
}
