package dev.sluice.trainer.evaluate;

import dev.sluice.contract.v1.GenerationRequest;
import java.util.ArrayList;
import java.util.List;

/** Pictures that one model draws and another, told the same captions, makes larger. */
public final class EnlargedPictures implements PictureSource {

  private final PictureSource small;
  private final ServedPictures enlarging;

  /** Neither is closed with this. */
  public EnlargedPictures(PictureSource small, ServedPictures enlarging) {
    this.small = small;
    this.enlarging = enlarging;
  }

  @Override
  public List<float[]> pictures(List<String> captions, long[] seeds) {
    List<float[]> drawn = small.pictures(captions, seeds);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < drawn.size(); i++) {
      requests.add(
          GivenPictures.in(
              GenerationRequest.newBuilder().setPrompt(captions.get(i)).setSeed(seeds[i]).build(),
              drawn.get(i)));
    }
    return enlarging.answers(requests);
  }
}
