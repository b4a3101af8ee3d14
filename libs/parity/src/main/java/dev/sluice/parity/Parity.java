package dev.sluice.parity;

import dev.sluice.parity.network.PackResult;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs packs and prints how near each output comes to its reference. */
public final class Parity {

  private Parity() {}

  /**
   * Runs every pack at or below the given folders and prints a table, row by row as packs finish. A
   * pack that cannot be read or run gets a line that says why, and counts as failed.
   *
   * @return whether all passed
   */
  public static boolean run(List<Path> folders, PrintWriter out) throws InterruptedException {
    Set<Path> packs = new LinkedHashSet<>();
    Map<Path, String> withoutPack = new LinkedHashMap<>();
    for (Path folder : folders) {
      try {
        packs.addAll(PackFinder.find(folder));
      } catch (RuntimeException e) {
        withoutPack.put(folder, describe(e));
      }
    }
    ResultTable table = new ResultTable(out, packs);
    for (Path pack : packs) {
      run(pack, table);
    }
    withoutPack.forEach(table::addUnreadable);
    return table.finish();
  }

  private static void run(Path folder, ResultTable table) throws InterruptedException {
    PackResult result;
    try {
      result = Pack.open(folder).run();
    } catch (RuntimeException | OutOfMemoryError e) {
      table.addUnreadable(folder, describe(e));
      return;
    }
    table.add(folder, result);
  }

  /** Our own errors say what is wrong; of others the kind is worth knowing too. */
  private static String describe(Throwable e) {
    boolean ours =
        e instanceof IllegalArgumentException
            || e instanceof UncheckedIOException
            || e.getClass().getName().startsWith("dev.sluice.");
    return ours && e.getMessage() != null ? e.getMessage() : e.toString();
  }
}
