package dev.sluice.trainer.fashion;

import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.pixels.DdpmFiles;
import dev.sluice.trainer.pixels.UnetObjective;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.train.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * DDPM: one network that says, of a picture with noise, what the noise is; a picture is what is
 * left when it has been asked often enough.
 */
public final class FashionDdpm implements TrainedSystem {

  @Override
  public String name() {
    return "fashion-ddpm";
  }

  @Override
  public String paper() {
    return "Ho et al. 2020, Denoising Diffusion Probabilistic Models";
  }

  @Override
  public List<Phase> phases() {
    return List.of(Phase.of(UnetObjective.UNET, FashionDdpm::unet, UnetObjective.UNET));
  }

  private static Objective unet(PhaseContext context) {
    return new UnetObjective(
        DdpmFiles.unet(context.recipe(), FashionData.SIDE),
        DiffusionLoss.of(context.recipe().at("loss")),
        FashionData.batches(context));
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    DdpmFiles.write(recipe, model, DdpmFiles.unet(recipe, FashionData.SIDE));
  }
}
