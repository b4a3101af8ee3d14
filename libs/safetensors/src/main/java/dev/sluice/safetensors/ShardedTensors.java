package dev.sluice.safetensors;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A checkpoint in several files, joined by an index ({@code *.safetensors.index.json}) whose {@code
 * weight_map} says which file holds which tensor. The index decides what is read: a tensor of a
 * shard that it does not list is not part of the checkpoint.
 */
public final class ShardedTensors implements TensorSource {

  private static final int MAX_SHARDS = 1024;

  private final Path index;
  private final Map<String, SafetensorsFile> shardOf;
  private final Map<String, SafetensorsFile> shards;
  private final Map<String, String> metadata;

  private ShardedTensors(
      Path index,
      Map<String, SafetensorsFile> shardOf,
      Map<String, SafetensorsFile> shards,
      Map<String, String> metadata) {
    this.index = index;
    this.shardOf = shardOf;
    this.shards = shards;
    this.metadata = metadata;
  }

  /**
   * Opens every shard that an index names; shards lie beside the index.
   *
   * @throws SafetensorsException if the index is malformed, names a file outside its folder, or
   *     lists a tensor that its shard does not hold
   */
  public static ShardedTensors open(Path indexJson) {
    Map<String, String> weightMap = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    readIndex(indexJson, weightMap, metadata);

    Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
    Map<String, SafetensorsFile> shardOf = new LinkedHashMap<>();
    ShardedTensors opened = new ShardedTensors(indexJson, shardOf, shards, metadata);
    try {
      weightMap.forEach(
          (name, shardName) -> {
            SafetensorsFile shard =
                shards.computeIfAbsent(shardName, file -> openShard(indexJson, file));
            if (!shard.names().contains(name)) {
              throw SafetensorsException.of(
                  indexJson, "tensor " + name + " is missing from its shard " + shard);
            }
            shardOf.put(name, shard);
          });
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static SafetensorsFile openShard(Path index, String name) {
    return SafetensorsFile.open(index.resolveSibling(name));
  }

  private static void readIndex(
      Path index, Map<String, String> weightMap, Map<String, String> metadata) {
    try (InputStream in = Files.newInputStream(index);
        StrictJson json =
            new StrictJson(
                index,
                new BufferedInputStream(new BoundedInputStream(in, SafetensorsHeader.MAX_BYTES)))) {
      boolean found = false;
      json.beginObject("the index");
      for (String key; (key = json.nextName("the index")) != null; ) {
        if (key.equals("weight_map")) {
          if (found) {
            throw json.problem("duplicate key weight_map");
          }
          found = true;
          readWeightMap(json, weightMap);
        } else if (key.equals("metadata")) {
          readMetadata(json, metadata);
        } else {
          json.skipValue();
        }
      }
      json.end();
      if (!found) {
        throw json.problem("expected a weight_map from tensor names to shard files");
      }
    } catch (NoSuchFileException e) {
      throw SafetensorsException.of(index, "no such file", e);
    } catch (IOException e) {
      throw SafetensorsException.of(
          index, "not a readable index: " + FileLabel.reason(e) + ForeignContent.hint(index), e);
    }
  }

  private static void readWeightMap(StrictJson json, Map<String, String> weightMap)
      throws IOException {
    Map<String, String> fileNames = new LinkedHashMap<>();
    json.beginObject("weight_map");
    for (String name; (name = json.nextName("weight_map")) != null; ) {
      String shard = json.text("the shard of tensor " + name);
      if (!fileNames.containsKey(shard)) {
        requirePlainName(json, name, shard);
        fileNames.put(shard, shard);
      }
      if (weightMap.size() == StrictJson.MAX_ENTRIES || fileNames.size() > MAX_SHARDS) {
        throw json.problem(
            "weight_map lists more than %d tensors or %d shards"
                .formatted(StrictJson.MAX_ENTRIES, MAX_SHARDS));
      }
      if (weightMap.put(name, fileNames.get(shard)) != null) {
        throw json.problem("duplicate key: tensor " + name + " is in weight_map twice");
      }
    }
  }

  private static void requirePlainName(StrictJson json, String tensor, String shard) {
    boolean plain = shard.matches("[\\w][\\w.+-]*") && shard.endsWith(".safetensors");
    if (!plain) {
      throw json.problem(
          ("tensor %s is said to be in \"%s\"; expected the name of a .safetensors file in"
                  + " the index's own folder")
              .formatted(tensor, shard.length() > 200 ? shard.substring(0, 200) + "…" : shard));
    }
  }

  private static void readMetadata(StrictJson json, Map<String, String> metadata)
      throws IOException {
    json.beginObject("metadata");
    for (String key; (key = json.nextName("metadata")) != null; ) {
      String value = json.skipValue();
      if (value != null && metadata.size() < StrictJson.MAX_ENTRIES) {
        metadata.put(key, value);
      }
    }
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(shardOf.keySet());
  }

  @Override
  public TensorInfo info(String name) {
    return shard(name).info(name);
  }

  @Override
  public long[] longs(String name) {
    return shard(name).longs(name);
  }

  @Override
  public void copyFloats(String name, FloatBuffer target) {
    shard(name).copyFloats(name, target);
  }

  @Override
  public void copyBytes(String name, long offset, ByteBuffer target) {
    shard(name).copyBytes(name, offset, target);
  }

  @Override
  public String origin(String name) {
    SafetensorsFile shard = shardOf.get(name);
    return shard == null ? FileLabel.of(index) : shard.origin(name);
  }

  /** The index's scalar metadata, for example {@code total_size}, as texts. */
  @Override
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  @Override
  public void close() {
    shards.values().forEach(SafetensorsFile::close);
  }

  @Override
  public String toString() {
    return FileLabel.of(index);
  }

  private SafetensorsFile shard(String name) {
    SafetensorsFile shard = shardOf.get(name);
    if (shard == null) {
      throw SafetensorsException.of(
          index, "no tensor named " + name + " among its " + shardOf.size() + " tensors");
    }
    return shard;
  }
}
