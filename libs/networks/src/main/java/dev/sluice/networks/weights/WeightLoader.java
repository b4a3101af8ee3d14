package dev.sluice.networks.weights;

import dev.sluice.catalog.loading.LoadProgress;
import dev.sluice.networks.layer.Layout;
import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.tensor.NativeMemory;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.TensorInfo;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.safetensors.UnusableWeightsException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads a checkpoint into tensors: each value goes from the file into the tensor's own memory in
 * one copy (filters by way of a block that is turned), by all cores, in pieces of a few megabytes.
 * Values are checked while they are in the processor's cache.
 */
final class WeightLoader {

  private static final int PIECE_BYTES = 2 << 20;
  private static final int MOST_THREADS = 8;

  /**
   * A run of one weight's values.
   *
   * @param target the weight's memory
   * @param type the type of its values there
   * @param begin of the first, in checkpoint order
   * @param end after the last
   */
  private record Piece(
      Parameter parameter, TensorInfo info, NativeMemory target, DType type, long begin, long end) {
    long bytes() {
      return (end - begin) * info.dtype().byteSize();
    }
  }

  private final String network;
  private final TensorSource source;
  private final LoadProgress progress;
  private final List<Piece> pieces = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private long total;
  private long read;
  private volatile Throwable failure;

  WeightLoader(String network, TensorSource source, LoadProgress progress) {
    this.network = network;
    this.source = source;
    this.progress = progress;
  }

  /**
   * Plans to fill a weight.
   *
   * @param storedName the file's name for it
   * @param target its memory, which stays valid until {@link #run} has returned
   * @param type of its values there: the file's, or {@code F32}
   */
  void add(Parameter parameter, String storedName, NativeMemory target, DType type) {
    TensorInfo info = source.info(storedName);
    long step = valuesPerPiece(parameter, info);
    for (long begin = 0; begin < info.elements(); begin += step) {
      long end = Math.min(begin + step, info.elements());
      pieces.add(new Piece(parameter, info, target, type, begin, end));
    }
    total += info.byteLength();
  }

  private static long valuesPerPiece(Parameter parameter, TensorInfo info) {
    long values = PIECE_BYTES / info.dtype().byteSize();
    if (parameter.layout() == Layout.AS_STORED) {
      return values;
    }
    long perChannel = Math.max(1, info.elements() / parameter.shape()[0]);
    return perChannel * Math.max(1, Math.min(PieceReader.MOST_CHANNELS, values / perChannel));
  }

  /**
   * Reads everything that was added. When it returns, or throws, nothing is written any more.
   *
   * @throws UnusableWeightsException when the file cannot be read, or a value is not finite
   */
  void run() {
    int threads =
        Math.min(Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS), pieces.size());
    List<Thread> helpers = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      Thread helper = new Thread(this::work, "weights-" + i);
      helper.setDaemon(true);
      helper.start();
      helpers.add(helper);
    }
    work();
    boolean interrupted = false;
    for (Thread helper : helpers) {
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw (RuntimeException) failure;
    }
  }

  private void work() {
    PieceReader reader = new PieceReader(source);
    try {
      for (int i = next.getAndIncrement();
          i < pieces.size() && failure == null;
          i = next.getAndIncrement()) {
        Piece piece = pieces.get(i);
        reader.read(piece.parameter, piece.info, piece.begin, piece.end, piece.target, piece.type);
        tell(piece.bytes());
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  private synchronized void tell(long bytes) {
    read += bytes;
    progress.loaded(network, read, total);
  }
}
