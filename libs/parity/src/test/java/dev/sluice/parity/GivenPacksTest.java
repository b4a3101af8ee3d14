package dev.sluice.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.parity.network.About;
import dev.sluice.parity.network.PackResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The given recordings of samplers, random numbers, operations and pipelines. Those of components
 * and tokenizers are run by the tests of the networks, and a few of them by {@link ParityTest}.
 */
class GivenPacksTest {

  static List<Path> packs() {
    return PackFinder.find(PackCopy.GOLDENS).stream()
        .filter(folder -> !About.read(folder).has("calls") && !About.read(folder).has("cases"))
        .map(PackCopy.GOLDENS::relativize)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("packs")
  void run_agreesWithTheReference(Path pack) throws InterruptedException {
    PackResult result = Pack.open(PackCopy.GOLDENS.resolve(pack)).run();

    assertThat(result.passes()).as(result.toString()).isTrue();
    assertThat(result.firstDeviation()).isNull();
  }

  @Test
  void open_knowsTheKindOfEveryPack() {
    List<Path> packs = PackFinder.find(PackCopy.GOLDENS);

    assertThat(packs).hasSizeGreaterThan(80).allSatisfy(Pack::open);
  }
}
