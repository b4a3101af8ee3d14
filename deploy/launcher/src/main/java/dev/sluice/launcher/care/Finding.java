package dev.sluice.launcher.care;

/**
 * What was looked at and how it is.
 *
 * @param subject what was looked at, in a word or two
 * @param found what was found
 * @param advice what to do about it; empty where nothing has to be done
 */
record Finding(String subject, Severity severity, String found, String advice) {

  /** What a finding means for Sluice. */
  enum Severity {
    /** Nothing has to be done. */
    GOOD,
    /** It works; something is slower or missing. */
    REMARK,
    /** It does not work. */
    WRONG
  }

  static Finding good(String subject, String found) {
    return new Finding(subject, Severity.GOOD, found, "");
  }

  static Finding remark(String subject, String found, String advice) {
    return new Finding(subject, Severity.REMARK, found, advice);
  }

  static Finding wrong(String subject, String found, String advice) {
    return new Finding(subject, Severity.WRONG, found, advice);
  }
}
