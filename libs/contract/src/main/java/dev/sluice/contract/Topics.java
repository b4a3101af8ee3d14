package dev.sluice.contract;

import dev.sluice.contract.v1.Stage;
import java.util.Locale;

/** The names of the Kafka topics. */
public final class Topics {

  /** {@code GenerationRequest}s from clients. */
  public static final String REQUESTS = "sluice.requests";

  /** {@code GenerationResult}s, one for each picture, keyed by request id and index. */
  public static final String RESULTS = "sluice.results";

  /** {@code GenerationEvent}s: progress and previews, keyed by work id. */
  public static final String EVENTS = "sluice.events";

  /** {@code ControlCommand}s, read by every process. */
  public static final String CONTROL = "sluice.control";

  /** {@code StageStatus}es, keyed by worker, read by every process. */
  public static final String STATUS = "sluice.status";

  /** {@code AcceptedGeneration}s, keyed by work id, read by every gateway from their beginning. */
  public static final String GENERATIONS = "sluice.generations";

  /** {@code WorkRate}s, keyed by stage and model, kept by the scaler for itself. */
  public static final String RATES = "sluice.rates";

  private static final String DEAD_LETTER_PREFIX = "dlq.";

  private Topics() {}

  /** A stage's name as topics, groups and services spell it: {@code text-encoder}. */
  public static String name(Stage stage) {
    Stages.requireKnown(stage);
    return stage.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The topic of a stage's tasks: {@code sluice.text-encoder}. */
  public static String tasks(Stage stage) {
    return "sluice." + name(stage);
  }

  /** Where records of {@code topic} end that nobody could work on: {@code dlq.sluice.denoiser}. */
  public static String deadLetters(String topic) {
    return DEAD_LETTER_PREFIX + topic;
  }

  /**
   * The topic whose dead letters end on this one.
   *
   * @throws IllegalArgumentException if it is none for dead letters
   */
  public static String origin(String deadLetters) {
    if (!isDeadLetters(deadLetters)) {
      throw new IllegalArgumentException("not a topic of dead letters: " + deadLetters);
    }
    return deadLetters.substring(DEAD_LETTER_PREFIX.length());
  }

  /** Whether a topic is for dead letters. */
  public static boolean isDeadLetters(String topic) {
    return topic.startsWith(DEAD_LETTER_PREFIX);
  }
}
