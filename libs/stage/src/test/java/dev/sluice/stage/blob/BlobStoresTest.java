package dev.sluice.stage.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.stage.bucket.S3Settings;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobStoresTest {

  private static final S3Settings NO_S3 = null;

  @Test
  void open_findsTheSameFolderByItsPathAndByItsUri(@TempDir Path parent) throws Exception {
    Path folder = parent.resolve("all blobs");
    BlobStores.open(folder.toString(), NO_S3).put("key", ByteBuffer.wrap(new byte[] {1, 2}));

    assertThat(BlobStores.open(folder.toUri().toString(), NO_S3).get("key")).containsExactly(1, 2);
    assertThat(folder.resolve("key")).exists();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ftp://host/blobs",
        "file:",
        "file://host/blobs",
        "file:///b?a=1",
        "s3:",
        "s3:///blobs",
        "s3://key:secret@bucket/blobs",
        "s3://Bucket/blobs",
        "s3://bucket/a//b",
        "s3://bucket/../b",
        "s3://bucket/b?a=1"
      })
  void open_refusesWhatItKnowsNoStoreFor(String location) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BlobStores.open(location, NO_S3))
        .withMessageContaining("folder");
  }
}
