package dev.sluice.stage.kafka;

import dev.sluice.contract.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes topics and configures share groups, before the first member of a group joins. */
public final class GroupSetup {

  /** Deliveries of a record before the broker itself makes it a dead letter. */
  public static final int DELIVERY_LIMIT = 10;

  /**
   * Attempts at a task. One fewer than there are deliveries: a task that kills its workers is
   * delivered once more for somebody to tell the client.
   */
  public static final int MAX_ATTEMPTS = DELIVERY_LIMIT - 1;

  private static final short BROKER_DEFAULT = -1;

  /** Ten minutes: a status is of interest for seconds. */
  private static final String STATUS_KEPT = "600000";

  /** A week, which is longer than pictures are kept. */
  private static final String GENERATIONS_KEPT = "604800000";

  /** What the broker asks of a topic before it writes dead letters to it. */
  public static final Map<String, String> TAKES_DEAD_LETTERS =
      Map.of("errors.deadletterqueue.group.enable", "true");

  private GroupSetup() {}

  /**
   * Makes what is missing: {@code topic}, its dead letters, and the topics that every process uses.
   *
   * @throws IllegalStateException when the broker refuses or cannot be reached
   */
  public static void prepare(
      Map<String, Object> settings, String group, String topic, Duration lock) {
    try (Admin admin = Admin.create(settings)) {
      String deadLetters = Topics.deadLetters(topic);
      createTopics(admin, topic, deadLetters);
      configure(
          admin, new ConfigResource(ConfigResource.Type.TOPIC, deadLetters), TAKES_DEAD_LETTERS);
      configure(
          admin,
          new ConfigResource(ConfigResource.Type.GROUP, group),
          Map.of(
              // The default, latest, would skip what was queued before the first worker came.
              "share.auto.offset.reset",
              "earliest",
              "share.record.lock.duration.ms",
              Long.toString(lock.toMillis()),
              "share.delivery.count.limit",
              Integer.toString(DELIVERY_LIMIT),
              "errors.deadletterqueue.topic.name",
              deadLetters,
              "errors.deadletterqueue.copy.record.enable",
              "true"));
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the share group %s could not be set up: %s".formatted(group, e.getCause().getMessage()),
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while setting up " + group, e);
    }
  }

  private static void createTopics(Admin admin, String... own)
      throws ExecutionException, InterruptedException {
    Set<String> names = new LinkedHashSet<>(List.of(own));
    names.addAll(
        List.of(
            Topics.RESULTS,
            Topics.EVENTS,
            Topics.CONTROL,
            Topics.STATUS,
            Topics.GENERATIONS,
            Topics.RATES));
    names.removeAll(admin.listTopics().names().get());
    for (String name : names) {
      try {
        admin.createTopics(List.of(topic(name))).all().get();
      } catch (ExecutionException e) {
        // Services start at the same time; one of them is first.
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
  }

  /** A topic as it is made where it is missing; what it does not say is the broker's default. */
  public static NewTopic topic(String name) {
    if (name.equals(Topics.STATUS)) {
      return new NewTopic(name, Optional.of(1), Optional.of(BROKER_DEFAULT))
          .configs(Map.of("retention.ms", STATUS_KEPT, "segment.ms", STATUS_KEPT));
    }
    if (name.equals(Topics.GENERATIONS)) {
      return new NewTopic(name, Optional.of(1), Optional.of(BROKER_DEFAULT))
          .configs(Map.of("cleanup.policy", "compact,delete", "retention.ms", GENERATIONS_KEPT));
    }
    if (name.equals(Topics.RATES)) {
      return new NewTopic(name, Optional.of(1), Optional.of(BROKER_DEFAULT))
          .configs(Map.of("cleanup.policy", "compact"));
    }
    return new NewTopic(name, Optional.empty(), Optional.of(BROKER_DEFAULT))
        .configs(Map.of("max.message.bytes", Integer.toString(Outbox.maxBytes(name))));
  }

  private static void configure(Admin admin, ConfigResource resource, Map<String, String> entries)
      throws ExecutionException, InterruptedException {
    Collection<AlterConfigOp> operations = new ArrayList<>();
    entries.forEach(
        (key, value) ->
            operations.add(
                new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
    admin.incrementalAlterConfigs(Map.of(resource, operations)).all().get();
  }
}
