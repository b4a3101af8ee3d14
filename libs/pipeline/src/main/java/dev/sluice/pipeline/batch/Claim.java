package dev.sluice.pipeline.batch;

/**
 * On whose behalf a network's time is asked for, and until when.
 *
 * @param tenant among tenants time is shared equally; all that say nothing are one
 * @param deadline when nobody waits any more, in milliseconds since 1970; {@link Long#MAX_VALUE}
 *     for never
 */
public record Claim(String tenant, long deadline) {

  /** Of nobody in particular, for as long as it takes. */
  public static final Claim ANYBODYS = new Claim("", Long.MAX_VALUE);
}
