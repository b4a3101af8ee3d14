package dev.sluice.stage.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many records of a topic a share group is not done with yet, those in work included. */
public final class Backlog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);

  /** A scrape of the metrics waits no longer for an answer, whatever has become of the broker. */
  private static final long PATIENCE_SECONDS = 2;

  private final Admin admin;
  private final String group;
  private final String topic;

  public Backlog(Map<String, Object> settings, String group, String topic) {
    this.admin = Admin.create(settings);
    this.group = group;
    this.topic = topic;
  }

  /**
   * How far the group is with a partition.
   *
   * @param start the first record that it is not done with; behind it there may be some that are
   * @param lag how many records it is not done with
   */
  public record Standing(long start, long lag) {}

  /** The number of records; NaN while the broker does not know it. */
  public double records() {
    return standings()
        .map(all -> all.values().stream().mapToDouble(Standing::lag).sum())
        .orElse(Double.NaN);
  }

  /** How far the group is, by partition; empty while the broker does not know it. */
  public Optional<Map<TopicPartition, Standing>> standings() {
    try {
      Map<TopicPartition, SharePartitionOffsetInfo> known =
          answer(
              admin
                  .listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                  .partitionsToOffsetInfo(group));
      List<TopicPartition> partitions = partitions();
      Map<TopicPartition, Long> earliest = offsets(partitions, OffsetSpec.earliest());
      Map<TopicPartition, Standing> standings = new HashMap<>();
      List<TopicPartition> untouched = new ArrayList<>();
      for (TopicPartition partition : partitions) {
        SharePartitionOffsetInfo info = known.get(partition);
        if (info != null && info.lag().isPresent()) {
          long start = Math.max(info.startOffset(), earliest.get(partition));
          standings.put(partition, new Standing(start, info.lag().get()));
        } else {
          untouched.add(partition);
        }
      }
      // The broker gives no lag for partitions of which the group has done nothing yet. The group
      // begins with the earliest record, so all of them wait or are in work.
      offsets(untouched, OffsetSpec.latest())
          .forEach(
              (partition, end) -> {
                long start = earliest.get(partition);
                standings.put(partition, new Standing(start, end - start));
              });
      return Optional.of(standings);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("No backlog of {}", group, e);
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private List<TopicPartition> partitions()
      throws ExecutionException, InterruptedException, TimeoutException {
    TopicDescription description =
        answer(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
    return description.partitions().stream()
        .map(partition -> new TopicPartition(topic, partition.partition()))
        .toList();
  }

  private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec which)
      throws ExecutionException, InterruptedException, TimeoutException {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(partition -> wanted.put(partition, which));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    answer(admin.listOffsets(wanted).all())
        .forEach((partition, found) -> offsets.put(partition, found.offset()));
    return offsets;
  }

  private static <A> A answer(KafkaFuture<A> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(PATIENCE_SECONDS));
  }
}
