package dev.sluice.networks.tokenizer;

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
  private final Pattern any;

  /**
   * @param ids by the text that stands for the token
   */
  AddedTokens(Map<String, Long> ids) {
    this.ids = Map.copyOf(ids);
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
    List<long[]> parts = new ArrayList<>();
    Matcher matcher = any.matcher(text);
    int from = 0;
    while (matcher.find()) {
      parts.add(segmenter.apply(text.substring(from, matcher.start())));
      parts.add(new long[] {ids.get(matcher.group())});
      from = matcher.end();
    }
    parts.add(segmenter.apply(text.substring(from)));
    return parts.stream().flatMapToLong(LongStream::of).toArray();
  }
}
