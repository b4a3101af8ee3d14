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
   * @return one {@code [3, 64, 64]} in [-1, 1] per caption, in order
   */
  List<float[]> pictures(List<String> captions, long[] seeds);
}
