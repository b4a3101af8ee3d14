package dev.sluice.planning.request;

import dev.sluice.contract.v1.GenerationRequest;

/** The pixels that a request asks for; 0 stands for the model's own. */
public final class RequestedSize {

  private RequestedSize() {}

  /** The size of the picture that will be made. */
  public static ImageSize of(GenerationRequest request, ImageSize natural) {
    return new ImageSize(
        request.getWidth() == 0 ? natural.width() : request.getWidth(),
        request.getHeight() == 0 ? natural.height() : request.getHeight());
  }
}
