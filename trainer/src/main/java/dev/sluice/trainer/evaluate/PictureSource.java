package dev.sluice.trainer.evaluate;

import java.util.List;

/** Whatever makes pictures of captions: a model, or the renderer in tests. */
@FunctionalInterface
public interface PictureSource {

  /**
   * Makes one picture per caption.
   *
   * @param captions a batch of captions
   * @param seeds one seed per caption; the same caption and seed give the same picture
   * @return one {@code [3, side, side]} in [-1, 1] per caption, in order, of a size that {@link
   *     dev.sluice.trainer.truth.SceneReader} reads
   */
  List<float[]> pictures(List<String> captions, long[] seeds);
}
