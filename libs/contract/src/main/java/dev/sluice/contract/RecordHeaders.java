package dev.sluice.contract;

/** The names of Kafka record headers. */
public final class RecordHeaders {

  /**
   * {@code application/json} for proto3 JSON; absent or {@code application/x-protobuf} for binary.
   */
  public static final String CONTENT_TYPE = "content-type";

  /** Proto3 JSON, as a value of {@link #CONTENT_TYPE}. */
  public static final String JSON = "application/json";

  /** Why a record is a dead letter, for people. */
  public static final String ERROR = "sluice-error";

  /** The topic that a dead letter comes from. */
  public static final String ORIGIN = "sluice-origin";

  /** How often a task was written anew, by workers that do not have its model or had to end. */
  public static final String HOPS = "sluice-hops";

  /** W3C trace context. */
  public static final String TRACE_PARENT = "traceparent";

  private RecordHeaders() {}
}
