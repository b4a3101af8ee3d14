package dev.sluice.gateway.door.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.picture.PictureFormat;
import dev.sluice.stage.blob.FolderBlobStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureLinksTest {

  @TempDir private Path folder;

  private PictureLinks links(Duration lifetime) {
    return new PictureLinks(new FolderBlobStore(folder), lifetime);
  }

  @Test
  void find_givesWhatAnotherGatewayStored() {
    String name = links(Duration.ofHours(1)).store(new byte[] {1, 2, 3}, PictureFormat.WEBP);

    PictureLinks.Stored found = links(Duration.ofSeconds(1)).find(name).orElseThrow();

    assertThat(found.file()).containsExactly(1, 2, 3);
    assertThat(found.format()).isEqualTo(PictureFormat.WEBP);
    assertThat(found.end())
        .isBetween(Instant.now().plusSeconds(3500), Instant.now().plusSeconds(3601));
  }

  @Test
  void find_givesNothingAfterItsTime() {
    PictureLinks over = links(Duration.ofSeconds(-1));

    assertThat(over.find(over.store(new byte[1], PictureFormat.PNG))).isEmpty();
  }

  /** When an address ends is part of what has to be known. */
  @Test
  void find_givesNothingByAnAddressThatWasChanged() {
    PictureLinks links = links(Duration.ofHours(1));
    String name = links.store(new byte[1], PictureFormat.PNG);
    int dash = name.indexOf('-');
    long later = Long.parseLong(name.substring(0, dash)) + 1;

    assertThat(links.find(later + name.substring(dash))).isEmpty();
    assertThat(links.find(name.replace(".png", ".jpeg"))).isEmpty();
    assertThat(links.find("../labels/x")).isEmpty();
    assertThat(links.find(name)).isPresent();
  }

  @Test
  void store_neverGivesAnAddressTwice() {
    PictureLinks links = links(Duration.ofHours(1));

    assertThat(links.store(new byte[1], PictureFormat.PNG))
        .hasSizeGreaterThan(50)
        .isNotEqualTo(links.store(new byte[1], PictureFormat.PNG));
  }
}
