package dev.sluice.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import dev.sluice.contract.v1.GenerationRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What is to be asked for; what is not said is up to the model. Ends with {@link #start}, {@link
 * #pictures}, {@link #toFile} or {@link #picturesLater}.
 */
public final class Ask {

  private final SluiceClient client;
  private final GenerationRequest.Builder request;
  private GenerationListener listener = new GenerationListener() {};

  Ask(SluiceClient client, GenerationRequest.Builder request) {
    this.client = client;
    this.request = request;
  }

  /** The model's name. */
  public Ask model(String name) {
    request.setModel(name);
    return this;
  }

  /** What the picture shall not show. */
  public Ask negative(String prompt) {
    request.setNegativePrompt(prompt);
    return this;
  }

  /** 0 to 2^63 - 1; picture i takes seed + i. */
  public Ask seed(long seed) {
    request.setSeed(seed);
    return this;
  }

  /** How many pictures, 1 to 16. */
  public Ask n(int count) {
    request.setN(count);
    return this;
  }

  /** Pixels. */
  public Ask size(int width, int height) {
    request.setWidth(width).setHeight(height);
    return this;
  }

  /** The denoiser's steps. */
  public Ask steps(int steps) {
    request.getDenoiserBuilder().setSteps(steps);
    return this;
  }

  /** The denoiser's guidance scale; 1 for none. */
  public Ask guidance(double scale) {
    request.getDenoiserBuilder().setGuidanceScale(scale);
    return this;
  }

  /** The name of a scheduler class of diffusers, such as {@code DDIMScheduler}. */
  public Ask sampler(String name) {
    request.getDenoiserBuilder().setSampler(name);
    return this;
  }

  /** A PNG, JPEG or WebP file to start from. */
  public Ask image(Path file) {
    request.setImage(read(file));
    return this;
  }

  /** A file as large as the image: white where that is to be painted anew. */
  public Ask mask(Path file) {
    request.setMask(read(file));
    return this;
  }

  /** 0 to 1: how far a given picture is sent back towards noise. */
  public Ask strength(double share) {
    request.setStrength(share);
    return this;
  }

  /** Other pictures of what the image shows. */
  public Ask variation() {
    request.setVariation(true);
    return this;
  }

  /** At most so many previews of each picture, 1 to 16. */
  public Ask previews(int count) {
    request.setPreviews(count);
    return this;
  }

  /** On whose behalf. */
  public Ask tenant(String name) {
    request.setTenant(name);
    return this;
  }

  /** A label: the same request under it again is one request. */
  public Ask label(String requestId) {
    request.setRequestId(requestId);
    return this;
  }

  /** How long anybody waits. */
  public Ask timeout(Duration patience) {
    request.setTimeout(Durations.fromNanos(patience.toNanos()));
    return this;
  }

  /** Lets the work go on when this client goes away; otherwise it ends then. */
  public Ask detached() {
    request.setCancelOnDisconnect(false);
    return this;
  }

  /** All that a request can say beside. */
  public Ask with(Consumer<GenerationRequest.Builder> further) {
    further.accept(request);
    return this;
  }

  /** Who is told what happens. */
  public Ask listener(GenerationListener listener) {
    this.listener = listener;
    return this;
  }

  /** Who is told how far it is. */
  public Ask onProgress(Consumer<Progress> told) {
    return listener(
        new GenerationListener() {
          @Override
          public void progress(Progress progress) {
            told.accept(progress);
          }
        });
  }

  /** Asks, and returns at once. */
  public Generation start() {
    return client.start(request.build(), listener);
  }

  /**
   * Asks, and waits for all pictures.
   *
   * @throws SluiceException if one of them cannot be made
   */
  public List<Picture> pictures() {
    return start().await().all();
  }

  /**
   * Asks, and returns at once.
   *
   * @return all pictures, or the {@link SluiceException} of the first that cannot be made
   */
  public CompletableFuture<List<Picture>> picturesLater() {
    return start().outcome().thenApply(Outcome::all);
  }

  /**
   * Asks for one picture, waits for it and writes it.
   *
   * @return the picture
   * @throws SluiceException if it cannot be made
   * @throws IllegalStateException if more than one is asked for
   */
  public Picture toFile(Path file) {
    if (request.getN() > 1) {
      throw new IllegalStateException(
          "one file for %d pictures; write each of pictures() to its own"
              .formatted(request.getN()));
    }
    Picture picture = pictures().get(0);
    picture.toFile(file);
    return picture;
  }

  private static ByteString read(Path file) {
    try {
      return ByteString.copyFrom(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException("The picture cannot be read", e);
    }
  }
}
