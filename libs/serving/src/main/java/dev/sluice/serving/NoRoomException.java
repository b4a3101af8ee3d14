package dev.sluice.serving;

/** There is no room for a model now. */
final class NoRoomException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NoRoomException(String message) {
    super(message);
  }
}
