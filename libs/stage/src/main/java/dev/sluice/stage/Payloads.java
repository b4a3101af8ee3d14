package dev.sluice.stage;

import com.google.protobuf.UnsafeByteOperations;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.Tensors;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Moves large tensors out of messages into the blob store, and back. */
public final class Payloads {

  private final BlobStore blobs;
  private final int inlineLimit;

  /**
   * @param inlineLimit bytes of a tensor up to which it stays in the message
   */
  public Payloads(BlobStore blobs, int inlineLimit) {
    this.blobs = blobs;
    this.inlineLimit = inlineLimit;
  }

  /**
   * The same tensors, all of them with their elements, checked against their shapes.
   *
   * @throws InvalidTaskException when a tensor contradicts itself or its blob is not there
   */
  public Map<String, Tensor> fetch(Map<String, Tensor> tensors) {
    Map<String, Tensor> fetched = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> fetched.put(name, fetch(name, tensor)));
    return fetched;
  }

  private Tensor fetch(String name, Tensor tensor) {
    try {
      Tensor inline = tensor;
      if (tensor.getContentCase() == Tensor.ContentCase.BLOB_KEY) {
        byte[] content = blobs.get(tensor.getBlobKey());
        inline = tensor.toBuilder().setData(UnsafeByteOperations.unsafeWrap(content)).build();
      }
      Tensors.check(name, inline);
      return inline;
    } catch (NoSuchFileException e) {
      throw InvalidTaskException.inField(
          "inputs." + name,
          "the blob %s is not in the blob store; it may have expired"
              .formatted(tensor.getBlobKey()));
    } catch (IllegalArgumentException e) {
      throw InvalidTaskException.inField("inputs." + name, e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("the blob store cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * What a stage made of a task, the tensors above the limit as blobs. A repeated task writes the
   * same blobs again; another stage of the picture never writes over them, though it may give its
   * tensors the same names.
   *
   * @param stagesBefore how many stages the picture had passed before this one
   */
  public Map<String, Tensor> store(
      ImageId image, int stagesBefore, Stage stage, Map<String, Tensor> outputs) {
    String folder = folder(image, stagesBefore, stage);
    Map<String, Tensor> stored = new LinkedHashMap<>();
    outputs.forEach((name, tensor) -> stored.put(name, store(folder + name, tensor)));
    return stored;
  }

  /** Where the blobs of a picture at a stage lie. */
  static String folder(ImageId image, int stagesBefore, Stage stage) {
    // The first segment begins with a letter whatever the request is called, "..", for instance.
    return "image-%s/%d-%s/".formatted(image, stagesBefore, Topics.name(stage));
  }

  private Tensor store(String key, Tensor tensor) {
    if (tensor.getData().size() <= inlineLimit) {
      return tensor;
    }
    try {
      blobs.put(key, tensor.getData().asReadOnlyByteBuffer());
    } catch (IOException e) {
      throw new UncheckedIOException("the blob store cannot be written: " + e.getMessage(), e);
    }
    return tensor.toBuilder().setBlobKey(key).build();
  }
}
