package dev.sluice.safetensors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file's table of contents, checked: every tensor's byte range has the length that its dtype and
 * shape ask for, and the ranges cover the data without overlap or gap, as the format requires.
 */
record SafetensorsHeader(Map<String, TensorInfo> tensors, Map<String, String> metadata) {

  static final String METADATA = "__metadata__";

  /** The format's own limit. */
  static final long MAX_BYTES = 100_000_000;

  private static final int MAX_RANK = 32;

  static SafetensorsHeader parse(Path file, InputStream utf8, long dataLength) {
    try (StrictJson json = new StrictJson(file, utf8)) {
      SafetensorsHeader header = read(json);
      requireFullCover(file, header.tensors.values(), dataLength);
      return header;
    } catch (IOException e) {
      throw SafetensorsException.of(
          file, "the header is not the JSON text of a safetensors file: " + firstLine(e), e);
    }
  }

  private static SafetensorsHeader read(StrictJson json) throws IOException {
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = null;
    json.beginObject("the header");
    for (String name; (name = json.nextName("the header")) != null; ) {
      if (name.equals(METADATA)) {
        if (metadata != null) {
          throw json.problem("duplicate key " + METADATA + " in the header");
        }
        metadata = readMetadata(json);
        continue;
      }
      if (tensors.size() == StrictJson.MAX_ENTRIES) {
        throw json.problem("the header lists more than " + StrictJson.MAX_ENTRIES + " tensors");
      }
      if (tensors.put(name, readTensor(json, name)) != null) {
        throw json.problem("duplicate key: tensor " + name + " is in the header twice");
      }
    }
    json.end();
    return new SafetensorsHeader(tensors, metadata == null ? Map.of() : metadata);
  }

  private static Map<String, String> readMetadata(StrictJson json) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    json.beginObject(METADATA);
    for (String key; (key = json.nextName(METADATA)) != null; ) {
      if (metadata.size() == StrictJson.MAX_ENTRIES) {
        throw json.problem(METADATA + " has more than " + StrictJson.MAX_ENTRIES + " entries");
      }
      if (metadata.put(key, json.text(METADATA + "." + key)) != null) {
        throw json.problem("duplicate key " + key + " in " + METADATA);
      }
    }
    return metadata;
  }

  private static TensorInfo readTensor(StrictJson json, String name) throws IOException {
    String dtype = null;
    long[] shape = null;
    long[] offsets = null;
    String what = "tensor " + name;
    json.beginObject(what);
    for (String key; (key = json.nextName(what)) != null; ) {
      boolean duplicate;
      switch (key) {
        case "dtype" -> {
          duplicate = dtype != null;
          dtype = json.text("the dtype of " + what);
        }
        case "shape" -> {
          duplicate = shape != null;
          shape = json.naturals("the shape of " + what, MAX_RANK);
        }
        case "data_offsets" -> {
          duplicate = offsets != null;
          offsets = json.naturals("the data_offsets of " + what, 2);
        }
        default ->
            throw json.problem(
                what + " has the key " + key + "; expected dtype, shape and data_offsets");
      }
      if (duplicate) {
        throw json.problem("duplicate key " + key + " in " + what);
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw json.problem(what + " must have dtype, shape and two data_offsets");
    }
    return checked(json, name, dtype, shape, offsets);
  }

  private static TensorInfo checked(
      StrictJson json, String name, String dtypeName, long[] shape, long[] offsets) {
    DType dtype = null;
    for (DType known : DType.values()) {
      if (known.name().equals(dtypeName)) {
        dtype = known;
      }
    }
    if (dtype == null) {
      throw json.problem(
          "tensor %s has the dtype %s; expected one of %s"
              .formatted(name, dtypeName, Arrays.toString(DType.values())));
    }
    long bytes = dtype.byteSize();
    try {
      for (long dimension : shape) {
        bytes = Math.multiplyExact(bytes, dimension);
      }
    } catch (ArithmeticException e) {
      throw json.problem(
          "tensor %s has the absurd shape %s".formatted(name, Arrays.toString(shape)));
    }
    if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != bytes) {
      throw json.problem(
          "tensor %s: %s of shape %s needs %d bytes, but data_offsets %s are %d bytes apart"
              .formatted(
                  name,
                  dtype,
                  Arrays.toString(shape),
                  bytes,
                  Arrays.toString(offsets),
                  offsets[1] - offsets[0]));
    }
    return new TensorInfo(name, dtype, shape, offsets[0], offsets[1]);
  }

  private static void requireFullCover(Path file, Iterable<TensorInfo> tensors, long dataLength) {
    List<TensorInfo> ordered = new ArrayList<>();
    tensors.forEach(ordered::add);
    ordered.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    long covered = 0;
    String previous = "the header";
    for (TensorInfo tensor : ordered) {
      if (tensor.end() > dataLength) {
        throw SafetensorsException.of(
            file,
            ("the file is truncated or its offsets are out of range: tensor %s ends at byte %d of"
                    + " the data, but the file holds %d bytes of data")
                .formatted(tensor.name(), tensor.end(), dataLength));
      }
      if (tensor.begin() != covered) {
        throw SafetensorsException.of(
            file,
            "tensor %s %s %s: it begins at byte %d, expected %d"
                .formatted(
                    tensor.name(),
                    tensor.begin() < covered ? "overlaps with" : "leaves a gap after",
                    previous,
                    tensor.begin(),
                    covered));
      }
      covered = tensor.end();
      previous = tensor.name();
    }
    if (covered != dataLength) {
      throw SafetensorsException.of(
          file,
          "the header describes %d bytes of data, but the file holds %d"
              .formatted(covered, dataLength));
    }
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
