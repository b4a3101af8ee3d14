package dev.sluice.trainer;

import dev.sluice.trainer.emoji.EmojiClassifier;
import dev.sluice.trainer.emoji.EmojiLdm;
import dev.sluice.trainer.fashion.FashionAdm;
import dev.sluice.trainer.fashion.FashionClassifier;
import dev.sluice.trainer.fashion.FashionDdpm;
import dev.sluice.trainer.fashion.FashionDit;
import dev.sluice.trainer.glide.ShapesGlide;
import dev.sluice.trainer.glide.ShapesGlideInpainting;
import dev.sluice.trainer.imagen.ShapesImagen;
import dev.sluice.trainer.imagen.ShapesImagen64;
import dev.sluice.trainer.latent.ShapesLdm;
import dev.sluice.trainer.latent.ShapesSd3;
import dev.sluice.trainer.latent.ShapesSds;
import dev.sluice.trainer.latent.ShapesSdxl;
import dev.sluice.trainer.latent.ShapesSdxlRefiner;
import dev.sluice.trainer.latent.ShapesTurbo;
import dev.sluice.trainer.own.PictureDdpm;
import dev.sluice.trainer.own.PictureLdm;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.system.TrainingException;
import dev.sluice.trainer.unclip.ShapesUnclip;
import dev.sluice.trainer.vq.ShapesVq;
import java.util.List;

/** Every system that can be trained. */
final class Systems {

  static final List<TrainedSystem> ALL =
      List.of(
          new EmojiClassifier(),
          new EmojiLdm(),
          new FashionAdm(),
          new FashionClassifier(),
          new FashionDdpm(),
          new FashionDit(),
          new PictureDdpm(),
          new PictureLdm(),
          new ShapesGlide(),
          new ShapesGlideInpainting(),
          new ShapesImagen(),
          new ShapesImagen64(),
          new ShapesLdm(),
          new ShapesSd3(),
          new ShapesSds(),
          new ShapesSdxl(),
          new ShapesSdxlRefiner(),
          new ShapesTurbo(),
          new ShapesUnclip(),
          new ShapesVq());

  private Systems() {}

  /**
   * The system of that name.
   *
   * @throws TrainingException if there is none
   */
  static TrainedSystem named(String name) {
    return ALL.stream()
        .filter(system -> system.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new TrainingException(
                    "there is no system %s; there are %s"
                        .formatted(name, ALL.stream().map(TrainedSystem::name).toList())));
  }
}
