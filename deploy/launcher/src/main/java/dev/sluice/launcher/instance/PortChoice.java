package dev.sluice.launcher.instance;

/** Where an instance listens. */
public enum PortChoice {
  /** Where documentation says, as far as those ports are free. */
  USUAL,
  /** Wherever it is in nobody's way. */
  ANY
}
