package dev.sluice.stage.trace;

import java.util.function.Supplier;
import org.slf4j.MDC;

/** What lines of the log say of the work that a thread does, beside its trace. */
public final class LogFields {

  /** The work's id and the picture of it: {@code %X{imageId}}. */
  public static final String IMAGE = "imageId";

  private LogFields() {}

  /**
   * Works with this picture's id in the log.
   *
   * @param imageId as the header of its task has it; it may be anything
   */
  public static <A> A with(String imageId, Supplier<A> work) {
    MDC.put(IMAGE, imageId);
    try {
      return work.get();
    } finally {
      MDC.remove(IMAGE);
    }
  }
}
