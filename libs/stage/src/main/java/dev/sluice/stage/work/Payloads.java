package dev.sluice.stage.work;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.stage.blob.BlobStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Moves large tensors out of messages into the blob store, and back; and keeps there how far
 * pictures had come that later requests are to begin from.
 */
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
      TensorMessages.check(name, inline);
      return inline;
    } catch (NoSuchFileException e) {
      throw InvalidTaskException.inField(
          "inputs." + name,
          "the blob %s is not in the blob store; it may have expired"
              .formatted(tensor.getBlobKey()));
    } catch (IllegalArgumentException e) {
      throw InvalidTaskException.inField("inputs." + name, e.getMessage());
    } catch (IOException e) {
      throw new OutageException("the blob store cannot be read: " + e.getMessage(), e);
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

  /** Keeps a task, which tells how far its picture has come, if its step says so. */
  public void keep(Task next) {
    Stage stage = next.getStep().getKeepAs();
    if (stage != Stage.STAGE_UNSPECIFIED) {
      put(key(ImageId.of(next.getHeader()).orElseThrow(), stage), next.toByteString());
    }
  }

  /**
   * What was kept of a picture.
   *
   * @param stage the one whose work was done
   * @return the task that came next; empty if nothing is kept, or not any more
   */
  public Optional<Task> kept(ImageId image, Stage stage) {
    try {
      return Optional.of(Task.parseFrom(blobs.get(key(image, stage))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new OutageException("the blob store cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Keeps what became of a picture, to be told again to those who ask again.
   *
   * @param outcome a picture or an error
   */
  public void keepOutcome(ImageId image, GenerationResult outcome) {
    put(outcomeKey(image), outcome.toByteString());
  }

  /** What became of a picture; empty if nothing yet, or nothing that is still kept. */
  public Optional<GenerationResult> outcome(ImageId image) {
    try {
      return Optional.of(GenerationResult.parseFrom(blobs.get(outcomeKey(image))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new OutageException("the blob store cannot be read: " + e.getMessage(), e);
    }
  }

  private static String outcomeKey(ImageId image) {
    return "image-%s/outcome".formatted(image);
  }

  private static String key(ImageId image, Stage stage) {
    return "image-%s/kept-%s".formatted(image, Topics.name(stage));
  }

  /** Where the blobs of a picture at a stage lie. */
  static String folder(ImageId image, int stagesBefore, Stage stage) {
    // The first segment begins with a letter whatever the work is called, "..", for instance.
    return "image-%s/%d-%s/".formatted(image, stagesBefore, Topics.name(stage));
  }

  private Tensor store(String key, Tensor tensor) {
    if (tensor.getData().size() <= inlineLimit) {
      return tensor;
    }
    put(key, tensor.getData());
    return tensor.toBuilder().setBlobKey(key).build();
  }

  private void put(String key, ByteString content) {
    try {
      blobs.put(key, content.asReadOnlyByteBuffer());
    } catch (IOException e) {
      throw new OutageException("the blob store cannot be written: " + e.getMessage(), e);
    }
  }
}
