package dev.sluice.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The reference data, made with diffusers v0.31 on PyTorch 1.13. */
public final class Goldens {

  /** Python writes the infinities of DPM-Solver's configs as no JSON parser expects them. */
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private Goldens() {}

  static Path folder(String pack) {
    return Path.of(System.getProperty("sluice.goldens")).resolve(pack);
  }

  public static SafetensorsFile tensors(String pack) {
    return SafetensorsFile.open(folder(pack).resolve("golden.safetensors"));
  }

  public static List<String> schedulerPacks() {
    try (Stream<Path> folders = Files.list(folder("schedulers"))) {
      List<String> names =
          folders.filter(Files::isDirectory).map(p -> p.getFileName().toString()).sorted().toList();
      assertThat(names).as("sampler traces in %s", folder("schedulers")).isNotEmpty();
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  public static Map<String, Object> json(String pack, String name) {
    try {
      return JSON.readValue(folder(pack).resolve(name).toFile(), Map.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** max |x - golden| / max |golden|. */
  public static double relativeError(float[] found, float[] golden) {
    assertThat(found).hasSameSizeAs(golden);
    double worst = 0;
    double largest = 0;
    for (int i = 0; i < golden.length; i++) {
      double difference = Math.abs((double) found[i] - golden[i]);
      if (Double.isNaN(difference)) {
        return Double.POSITIVE_INFINITY;
      }
      worst = Math.max(worst, difference);
      largest = Math.max(largest, Math.abs(golden[i]));
    }
    return worst == 0 ? 0 : worst / largest;
  }
}
