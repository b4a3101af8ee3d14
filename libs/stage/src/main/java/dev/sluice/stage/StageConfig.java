package dev.sluice.stage;

import dev.sluice.stage.blob.BlobStores;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A stage service's configuration; each key is also an environment variable ({@code SLUICE_BLOBS}).
 */
@ConfigMapping(prefix = "sluice")
public interface StageConfig {

  /** The folder that holds the model folders. */
  @WithDefault("models")
  Path models();

  /** The blob store, shared by all processes: a folder, or a URI as {@link BlobStores} opens it. */
  @WithDefault(".sluice/blobs")
  String blobs();

  /** Bytes of a tensor up to which it travels in the message. */
  @WithDefault("524288")
  int inlineLimit();

  /** Tasks worked on at once; they share network calls. */
  @WithDefault("4")
  int slots();

  /**
   * A checkpoint of every task in work each so many denoising steps, for another process to go on
   * from should this one die; 0 for none.
   */
  @WithDefault("10")
  int checkpointEvery();

  /** How long blobs are kept: longer than any task waits. */
  @WithDefault("24h")
  Duration blobRetention();

  /**
   * Pools of stages, the same for all processes: {@code denoiser/large=sd3|sdxl} and {@code
   * denoiser/small=*} for all other models. A stage of which nothing is said has one for all.
   */
  Optional<List<String>> pools();

  /** The pool of its stage that a worker joins. */
  Optional<String> pool();

  /** How long a task stays locked for a worker that says nothing. */
  @WithDefault("15s")
  Duration lock();
}
