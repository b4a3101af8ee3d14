package dev.sluice.client;

/**
 * Told what happens to a request, in order, one thing after the other, on a thread of the client's
 * that must not be held up for long. What it throws ends the request.
 */
public interface GenerationListener {

  /** The request was accepted; told once, first. */
  default void understood(Understood how) {}

  /** A stage did steps for a picture. Not every step is told. */
  default void progress(Progress progress) {}

  /** A picture waits for a model that is being loaded. */
  default void loading(Loading loading) {}

  /**
   * What a picture looks like so far, where previews were asked for.
   *
   * @param png a small PNG file
   */
  default void preview(int index, byte[] png) {}

  /** A picture is done. */
  default void picture(Picture picture) {}

  /** A picture could not be made; the others go on. */
  default void failed(Failure failure) {}
}
