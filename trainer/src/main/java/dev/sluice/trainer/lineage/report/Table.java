package dev.sluice.trainer.lineage.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A table in Markdown, written anew with every row, so that a run that is stopped leaves one. */
public final class Table {

  private final Path file;
  private final String title;
  private final List<String> head;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(Path file, String title, String... head) {
    this.file = file;
    this.title = title;
    this.head = List.of(head);
  }

  /** Adds a row: numbers with three digits, all else as it is. */
  public Table row(Object... cells) throws IOException {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(
          cell instanceof Double number
              ? String.format(Locale.ROOT, Math.abs(number) < 10 ? "%.3f" : "%.1f", number)
              : String.valueOf(cell));
    }
    rows.add(row);
    write();
    System.err.println(String.join(" | ", row));
    return this;
  }

  /** With nothing in the columns that a row says nothing of. */
  private List<String> filled(List<String> row) {
    List<String> filled = new ArrayList<>(row);
    filled.addAll(Collections.nCopies(head.size() - row.size(), ""));
    return filled;
  }

  private void write() throws IOException {
    StringBuilder text = new StringBuilder(title).append("\n\n");
    text.append("| ").append(String.join(" | ", head)).append(" |\n|---|");
    text.append("---:|".repeat(head.size() - 1)).append("\n");
    rows.forEach(row -> text.append("| ").append(String.join(" | ", filled(row))).append(" |\n"));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, text);
  }
}
