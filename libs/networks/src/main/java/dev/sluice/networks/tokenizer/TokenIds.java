package dev.sluice.networks.tokenizer;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Arrays;

/**
 * A text as a network takes it.
 *
 * @param ids of the tokens
 * @param attentionMask 1 for tokens of the text, 0 for padding
 */
public record TokenIds(long[] ids, long[] attentionMask) {

  /** {@code ids} with as many {@code pad} after them as make {@code length}. */
  static TokenIds padded(long[] ids, int length, long pad) {
    long[] all = Arrays.copyOf(ids, length);
    Arrays.fill(all, ids.length, length, pad);
    long[] mask = new long[length];
    Arrays.fill(mask, 0, ids.length, 1);
    return new TokenIds(all, mask);
  }

  /** The number of tokens, padding included. */
  public int length() {
    return ids.length;
  }

  /** The ids as a network's {@code input_ids [1, tokens]}. */
  public HostTensor.Longs inputIds() {
    return new HostTensor.Longs(ids, 1, ids.length);
  }

  /** The mask as a network's {@code attention_mask [1, tokens]}. */
  public HostTensor.Longs mask() {
    return new HostTensor.Longs(attentionMask, 1, attentionMask.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenIds that
        && Arrays.equals(ids, that.ids)
        && Arrays.equals(attentionMask, that.attentionMask);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return Arrays.toString(ids);
  }
}
