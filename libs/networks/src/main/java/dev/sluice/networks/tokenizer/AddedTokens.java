package dev.sluice.networks.tokenizer;

import dev.sluice.catalog.tokenizer.TokenMatching;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Tokens that are taken out of a text, as they stand there, before the rest is segmented. */
final class AddedTokens {

  private final Map<String, Long> ids;
  private final Map<String, TokenMatching> matching;
  private final Pattern any;

  /**
   * @param ids by the text that stands for the token
   * @param matching how they are found; of those that are not in it exactly
   */
  AddedTokens(Map<String, Long> ids, Map<String, TokenMatching> matching) {
    this.ids = Map.copyOf(ids);
    this.matching = Map.copyOf(matching);
    this.any =
        Pattern.compile(
            ids.keySet().stream()
                // Where one begins with another, the longer is meant.
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
  }

  /** The ids of {@code text}; {@code segmenter} is asked for those of the parts between. */
  long[] segment(String text, Function<String, long[]> segmenter) {
    return parts(text).stream()
        .filter(part -> !part.isEmpty())
        .map(part -> ids.containsKey(part) ? new long[] {ids.get(part)} : segmenter.apply(part))
        .flatMapToLong(LongStream::of)
        .toArray();
  }

  /** The text cut at its tokens, each of which has then had its way with its neighbours. */
  private List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    Matcher matcher = any.matcher(text);
    int from = 0;
    while (matcher.find()) {
      addUnlessEmpty(parts, text.substring(from, matcher.start()));
      parts.add(matcher.group());
      from = matcher.end();
    }
    addUnlessEmpty(parts, text.substring(from));
    for (int i = 0; i < parts.size(); i++) {
      if (ids.containsKey(parts.get(i))) {
        match(parts, i);
      }
    }
    return parts;
  }

  private static void addUnlessEmpty(List<String> parts, String part) {
    if (!part.isEmpty()) {
      parts.add(part);
    }
  }

  /** In the order in which the reference does it. */
  private void match(List<String> parts, int index) {
    String token = parts.get(index);
    TokenMatching how = matching.getOrDefault(token, TokenMatching.EXACT);
    String left = index > 0 ? parts.get(index - 1) : "";
    String right = index + 1 < parts.size() ? parts.get(index + 1) : "";
    if (how.rstrip() && !right.isEmpty()) {
      parts.set(index + 1, right.stripLeading());
    }
    if (how.lstrip() && !left.isEmpty()) {
      parts.set(index - 1, left.stripTrailing());
    }
    if (how.singleWord() && !left.isEmpty() && !left.endsWith(" ")) {
      parts.set(index - 1, parts.get(index - 1) + token);
      parts.set(index, "");
    } else if (how.singleWord() && !right.isEmpty() && !right.startsWith(" ")) {
      parts.set(index + 1, token + parts.get(index + 1));
      parts.set(index, "");
    }
  }
}
