package dev.sluice.trainer.evaluate;

import dev.sluice.trainer.truth.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Pictures by GenEval's tasks, and by how many things a caption asks for: the mean share of these
 * atoms that is right, which is kind to long captions, and the share of pictures in which all are,
 * the product that GenEval 2 (Kamath et al. 2025) scores a prompt by.
 */
public final class TaskTable {

  private static final String HELD_OUT = "held out of training";
  private static final String SEEN = "as in training";

  private final Map<String, List<Verdict>> verdicts = new LinkedHashMap<>();

  TaskTable(Map<Suite, List<Verdict>> bySuite) {
    new EnumMap<>(bySuite)
        .forEach(
            (suite, list) ->
                verdicts
                    .computeIfAbsent(
                        suite == Suite.SEEN ? SEEN : HELD_OUT, title -> new ArrayList<>())
                    .addAll(list));
  }

  /** How often a task is done, of all captions that ask for it. */
  public Proportion of(Task task) {
    return done(task, verdicts.values().stream().flatMap(List::stream).toList());
  }

  private static Proportion done(Task task, List<Verdict> some) {
    List<Verdict> asked = some.stream().filter(task::asks).toList();
    return new Proportion((int) asked.stream().filter(task::isDone).count(), asked.size());
  }

  /**
   * Two Markdown tables, in percent, with 95% intervals of what is counted. Only tasks that were
   * asked for have a column.
   */
  public String toMarkdown() {
    List<Task> tasks = Arrays.stream(Task.values()).filter(task -> of(task).trials() > 0).toList();
    StringBuilder text = new StringBuilder("| captions |");
    tasks.forEach(task -> text.append(" %s |".formatted(task.title())));
    text.append("\n|---|").append("---:|".repeat(tasks.size())).append('\n');
    verdicts.forEach(
        (title, list) ->
            text.append("| ")
                .append(title)
                .append(" | ")
                .append(
                    tasks.stream()
                        .map(task -> percent(done(task, list)))
                        .collect(Collectors.joining(" | ")))
                .append(" |\n"));
    text.append("\n| captions | atoms | mean of atoms | all of them |\n");
    text.append("|---|---:|---:|---:|\n");
    verdicts.forEach((title, list) -> atoms(text, title, list));
    return text.toString();
  }

  private static void atoms(StringBuilder text, String title, List<Verdict> list) {
    list.stream()
        .collect(
            Collectors.groupingBy(
                verdict -> verdict.atoms().asked(), TreeMap::new, Collectors.toList()))
        .forEach(
            (count, same) -> {
              double mean = same.stream().mapToDouble(v -> v.atoms().share()).average().orElse(0);
              int all = (int) same.stream().filter(Verdict::meetsAll).count();
              text.append(
                  String.format(
                      Locale.ROOT,
                      "| %s | %d | %.1f | %s |\n",
                      title,
                      count,
                      100 * mean,
                      percent(new Proportion(all, same.size()))));
            });
  }

  private static String percent(Proportion share) {
    return share.trials() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "%.1f (%.1f to %.1f)",
            100 * share.share(),
            100 * share.lower(),
            100 * share.upper());
  }
}
