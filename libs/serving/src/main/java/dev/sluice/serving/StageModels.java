package dev.sluice.serving;

import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.UnknownModelException;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.networks.Architectures;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageStoppedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folders of models that a stage serves from; what is wrong with one stands in its slot. */
final class StageModels {

  private static final Logger LOG = LoggerFactory.getLogger(StageModels.class);

  private final Path root;
  private final EngineKind<?> kind;
  private final EngineShelf<?> shelf;
  private final Runnable changed;
  private final ModelCatalog catalog;

  /**
   * @param offered whether a model of that name is for this worker's pool
   * @param changed told when a model's status is another
   */
  StageModels(
      Path root,
      Predicate<String> offered,
      EngineKind<?> kind,
      EngineShelf<?> shelf,
      Runnable changed) {
    this.root = root;
    this.kind = kind;
    this.shelf = shelf;
    this.changed = changed;
    this.catalog = new ModelCatalog(root, offered, Architectures::check);
  }

  /** Everything that is meant to be a model, this stage's or not. */
  List<String> names() {
    return catalog.names();
  }

  /** Those that this stage has work with, of those whose index can be read. */
  Map<String, ModelFolder> servable() {
    Map<String, ModelFolder> servable = new TreeMap<>();
    for (String name : names()) {
      try {
        ModelFolder model = ModelFolder.open(root.resolve(name));
        if (kind.serves(model.pipeline())) {
          servable.put(name, model);
        }
      } catch (RuntimeException e) {
        LOG.debug("{} is looked at again later", name, e);
      }
    }
    return servable;
  }

  /**
   * Opens a model for a task.
   *
   * @throws InvalidTaskException if there is none, or it cannot be served
   * @throws StageStoppedException if this thread is interrupted: what it reads then says nothing
   */
  ModelFolder open(String name) {
    try {
      return catalog.open(name);
    } catch (UnknownModelException e) {
      throw new InvalidTaskException(ErrorCode.MODEL_NOT_FOUND, "model", e.getMessage());
    } catch (IllegalArgumentException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new StageStoppedException(StageStoppedException.Reason.SHUTDOWN);
      }
      leaveOut(name, e.getMessage());
      throw new InvalidTaskException(ErrorCode.MODEL_UNUSABLE, "model", e.getMessage());
    }
  }

  /** One line when a model is found wanting; its slot remembers. */
  void leaveOut(String name, String why) {
    if (shelf.leaveOut(name, why)) {
      LOG.warn("Model {} is left out: {}", name, why);
      changed.run();
    }
  }
}
