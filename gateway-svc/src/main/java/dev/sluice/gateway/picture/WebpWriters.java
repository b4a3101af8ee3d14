package dev.sluice.gateway.picture;

import com.luciad.imageio.webp.WebPImageWriterSpi;
import javax.imageio.ImageWriter;

/** libwebp, which comes with its library for the usual platforms. */
final class WebpWriters {

  private WebpWriters() {}

  /** By its class: what the registry finds depends on the class loader of whoever asks first. */
  static ImageWriter one() {
    return new WebPImageWriterSpi().createWriterInstance(null);
  }
}
