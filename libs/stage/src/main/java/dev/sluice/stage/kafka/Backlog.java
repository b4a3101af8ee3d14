package dev.sluice.stage.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
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

  /** The number of records; NaN while the broker does not know it. */
  public double records() {
    try {
      Map<TopicPartition, SharePartitionOffsetInfo> known =
          answer(
              admin
                  .listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                  .partitionsToOffsetInfo(group));
      double records = 0;
      Map<TopicPartition, OffsetSpec> untouched = new HashMap<>();
      for (TopicPartition partition : partitions()) {
        SharePartitionOffsetInfo info = known.get(partition);
        if (info != null && info.lag().isPresent()) {
          records += info.lag().get();
        } else {
          untouched.put(partition, OffsetSpec.latest());
        }
      }
      return untouched.isEmpty() ? records : records + sizes(untouched);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("No backlog of {}", group, e);
      return Double.NaN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Double.NaN;
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

  /**
   * The records of partitions of which the group has done none yet: the broker gives no lag for
   * those. The group begins with the earliest record, so all of them wait or are in work.
   */
  private double sizes(Map<TopicPartition, OffsetSpec> latest)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
    latest.keySet().forEach(partition -> earliest.put(partition, OffsetSpec.earliest()));
    return offsets(latest) - offsets(earliest);
  }

  private double offsets(Map<TopicPartition, OffsetSpec> wanted)
      throws ExecutionException, InterruptedException, TimeoutException {
    return answer(admin.listOffsets(wanted).all()).values().stream()
        .mapToDouble(ListOffsetsResultInfo::offset)
        .sum();
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
