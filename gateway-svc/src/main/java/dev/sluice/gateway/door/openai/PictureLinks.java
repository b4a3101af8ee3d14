package dev.sluice.gateway.door.openai;

import dev.sluice.gateway.picture.PictureFormat;
import dev.sluice.stage.blob.BlobStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pictures at addresses that nobody can guess and that are good for a while. They lie in the blob
 * store, so that any gateway gives what another one promised; when an address ends is part of it.
 */
public final class PictureLinks {

  /** When it ends, in seconds since 1970; 160 bits that nobody can guess; the format. */
  private static final Pattern NAME =
      Pattern.compile("([0-9]{1,12})-[0-9a-f]{40}\\.(png|jpeg|webp)");

  private static final int SECRET = 20;

  private final BlobStore blobs;
  private final Duration lifetime;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param lifetime of addresses; less than blobs are kept for
   */
  public PictureLinks(BlobStore blobs, Duration lifetime) {
    this.blobs = blobs;
    this.lifetime = lifetime;
  }

  /** A file that was asked for by its name, and until when it is there. */
  record Stored(byte[] file, PictureFormat format, Instant end) {}

  /**
   * Stores a picture.
   *
   * @return its name, to be asked for
   */
  String store(byte[] file, PictureFormat format) {
    byte[] secret = new byte[SECRET];
    random.nextBytes(secret);
    long end = Instant.now().plus(lifetime).getEpochSecond();
    String name = end + "-" + HexFormat.of().formatHex(secret) + "." + format.id();
    try {
      blobs.put(key(name), ByteBuffer.wrap(file));
    } catch (IOException e) {
      throw new UncheckedIOException("the blob store cannot be written", e);
    }
    return name;
  }

  /** The picture of a name; empty if there is none, or not any more. */
  Optional<Stored> find(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    Instant end = Instant.ofEpochSecond(Long.parseLong(parts.group(1)));
    if (!Instant.now().isBefore(end)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Stored(blobs.get(key(name)), PictureFormat.named(parts.group(2)), end));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("the blob store cannot be read", e);
    }
  }

  private static String key(String name) {
    return "links/" + name;
  }
}
