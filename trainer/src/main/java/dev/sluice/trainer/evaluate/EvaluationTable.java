package dev.sluice.trainer.evaluate;

import dev.sluice.trainer.truth.Aspect;
import dev.sluice.trainer.truth.Verdict;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Counts, per suite and aspect, how often pictures show what was asked for. */
public final class EvaluationTable {

  private final Map<Suite, List<Verdict>> verdicts = new EnumMap<>(Suite.class);

  public EvaluationTable(Map<Suite, List<Verdict>> verdicts) {
    verdicts.forEach((suite, list) -> this.verdicts.put(suite, List.copyOf(list)));
  }

  /** How often the pictures of a suite get an aspect right, among those asked for it. */
  public Proportion of(Suite suite, Aspect aspect) {
    List<Verdict> asked =
        verdicts.getOrDefault(suite, List.of()).stream()
            .filter(verdict -> verdict.asked().contains(aspect))
            .toList();
    return new Proportion((int) asked.stream().filter(v -> v.meets(aspect)).count(), asked.size());
  }

  /** How often the pictures of a suite get everything right. */
  public Proportion all(Suite suite) {
    List<Verdict> judged = verdicts.getOrDefault(suite, List.of());
    return new Proportion((int) judged.stream().filter(Verdict::meetsAll).count(), judged.size());
  }

  /** The same pictures by GenEval's tasks. */
  public TaskTable byTask() {
    return new TaskTable(verdicts);
  }

  /** A Markdown table: one row per suite and aspect, counts, percentages and 95% intervals. */
  public String toMarkdown() {
    StringBuilder table = new StringBuilder("| captions | right | of | % | 95% interval |\n");
    table.append("|---|---:|---:|---:|---|\n");
    for (Suite suite : verdicts.keySet()) {
      for (Aspect aspect : Aspect.values()) {
        if (of(suite, aspect).trials() > 0) {
          row(table, suite.title() + ": " + title(aspect), of(suite, aspect));
        }
      }
      row(table, suite.title() + ": everything", all(suite));
    }
    return table.toString();
  }

  private static void row(StringBuilder table, String title, Proportion p) {
    table.append(
        String.format(
            Locale.ROOT,
            "| %s | %d | %d | %.1f | %.1f to %.1f |\n",
            title,
            p.successes(),
            p.trials(),
            100 * p.share(),
            100 * p.lower(),
            100 * p.upper()));
  }

  private static String title(Aspect aspect) {
    return aspect.name().toLowerCase(Locale.ROOT);
  }
}
