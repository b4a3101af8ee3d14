package dev.sluice.planning.picture;

/**
 * A file that is no picture that can be used. The message goes on after what the picture is, such
 * as "The image".
 */
public final class PictureException extends Exception {

  PictureException(String message) {
    super(message);
  }
}
