package dev.sluice.trainer.vocabulary;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Learns byte-pair merges of given words (Sennrich et al., 2016, algorithm 1, on the byte alphabet
 * of GPT-2 with CLIP's end-of-word mark).
 */
public final class BytePairs {

  /** What CLIP appends to the last symbol of a word. */
  static final String END_OF_WORD = "</w>";

  /** Two neighbouring symbols that become one. */
  record Merge(String left, String right) implements Comparable<Merge> {
    String merged() {
      return left + right;
    }

    @Override
    public int compareTo(Merge other) {
      int byLeft = left.compareTo(other.left);
      return byLeft != 0 ? byLeft : right.compareTo(other.right);
    }
  }

  private BytePairs() {}

  /** A word in pieces, and how often it occurs. */
  private record Split(List<String> symbols, int count) {

    Merge pair(int at) {
      return new Merge(symbols.get(at), symbols.get(at + 1));
    }

    boolean has(Merge pair) {
      for (int i = 0; i + 1 < symbols.size(); i++) {
        if (symbols.get(i).equals(pair.left()) && symbols.get(i + 1).equals(pair.right())) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * The merges, in the order in which an encoder must prefer them.
   *
   * @param words with how often each occurs
   * @param most merges; every word is one token where fewer do
   */
  static List<Merge> learn(Map<String, Integer> words, int most) {
    List<Split> splits = new ArrayList<>();
    Map<Merge, Integer> counts = new HashMap<>();
    words.forEach((word, count) -> splits.add(new Split(symbols(word), count)));
    splits.forEach(split -> count(split, 1, counts));
    List<Merge> merges = new ArrayList<>();
    while (merges.size() < most && !counts.isEmpty()) {
      Merge best =
          counts.entrySet().stream()
              .min(
                  Map.Entry.<Merge, Integer>comparingByValue()
                      .reversed()
                      .thenComparing(Map.Entry.comparingByKey()))
              .orElseThrow()
              .getKey();
      merges.add(best);
      for (Split split : splits) {
        if (split.has(best)) {
          count(split, -1, counts);
          apply(best, split.symbols());
          count(split, 1, counts);
        }
      }
    }
    return merges;
  }

  /** Adds a word's pairs to the counts, or takes them away. */
  private static void count(Split split, int sign, Map<Merge, Integer> counts) {
    for (int i = 0; i + 1 < split.symbols().size(); i++) {
      counts.merge(
          split.pair(i),
          sign * split.count(),
          (before, more) -> before + more == 0 ? null : before + more);
    }
  }

  private static List<String> symbols(String word) {
    List<String> symbols = new ArrayList<>();
    Map<Integer, String> ofByte = byteSymbols();
    for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
      symbols.add(ofByte.get(b & 0xff));
    }
    if (symbols.isEmpty()) {
      throw new IllegalArgumentException("A word of the vocabulary is empty");
    }
    int last = symbols.size() - 1;
    symbols.set(last, symbols.get(last) + END_OF_WORD);
    return symbols;
  }

  private static void apply(Merge merge, List<String> split) {
    for (int i = 0; i + 1 < split.size(); i++) {
      if (split.get(i).equals(merge.left()) && split.get(i + 1).equals(merge.right())) {
        split.set(i, merge.merged());
        split.remove(i + 1);
      }
    }
  }

  /** The 256 byte symbols in the order of CLIP's vocabulary: printable bytes first. */
  static List<String> alphabet() {
    List<String> printable = new ArrayList<>();
    List<String> moved = new ArrayList<>();
    byteSymbols()
        .forEach((value, symbol) -> (symbol.charAt(0) == value ? printable : moved).add(symbol));
    printable.addAll(moved);
    return printable;
  }

  /**
   * GPT-2's map from bytes to visible characters: printable Latin-1 stands for itself, the others
   * follow from U+0100 on.
   */
  public static Map<Integer, String> byteSymbols() {
    Map<Integer, String> symbols = new TreeMap<>();
    int next = 256;
    for (int value = 0; value < 256; value++) {
      boolean printable =
          (value >= '!' && value <= '~')
              || (value >= 0xA1 && value <= 0xAC)
              || (value >= 0xAE && value <= 0xFF);
      symbols.put(value, String.valueOf((char) (printable ? value : next++)));
    }
    return symbols;
  }
}
