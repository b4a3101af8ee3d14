package dev.sluice.diffusion.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.diffusion.Goldens;
import dev.sluice.safetensors.SafetensorsFile;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bit by bit against PyTorch. */
class TorchGeneratorTest {

  private static final long[] SEEDS = {0, 42, 2147483653L};

  static List<String> names() {
    try (SafetensorsFile golden = Goldens.tensors("torch-rng")) {
      return golden.names().stream().filter(name -> !isSequence(name)).sorted().toList();
    }
  }

  private static boolean isSequence(String name) {
    return name.startsWith("gen.") || name.startsWith("latents.") || name.startsWith("list");
  }

  @ParameterizedTest
  @MethodSource("names")
  void freshGenerator_drawsWhatTorchDraws(String name) {
    try (SafetensorsFile golden = Goldens.tensors("torch-rng")) {
      String[] parts = name.split("\\.");
      TorchGenerator generator = new TorchGenerator(Long.parseLong(parts[1].substring(4)));
      float[] expected = golden.floats(name);
      switch (parts[0]) {
        case "randn" -> assertThat(generator.randn(expected.length)).isEqualTo(expected);
        case "rand" -> assertThat(generator.rand(expected.length)).isEqualTo(expected);
        case "randn64" -> {
          double[] drawn = generator.randnDouble(expected.length);
          for (int i = 0; i < drawn.length; i++) {
            assertThat((float) drawn[i]).isEqualTo(expected[i]);
          }
        }
        case "random_u31" -> {
          for (long value : golden.longs(name)) {
            assertThat(generator.nextInt31()).isEqualTo((int) value);
          }
        }
        default -> throw new AssertionError("no draw is known by the name " + name);
      }
    }
  }

  static Stream<String> sequences() {
    return Arrays.stream(SEEDS)
        .boxed()
        .flatMap(seed -> Stream.of("gen.seed" + seed + ".", "latents.seed" + seed + "."));
  }

  @ParameterizedTest
  @MethodSource("sequences")
  void oneGenerator_drawsWhatTorchDrawsCallAfterCall(String prefix) {
    try (SafetensorsFile golden = Goldens.tensors("torch-rng")) {
      List<String> calls =
          golden.names().stream().filter(name -> name.startsWith(prefix)).sorted().toList();
      assertThat(calls).hasSizeGreaterThan(3);
      long seed = Long.parseLong(prefix.split("\\.")[1].substring(4));
      TorchGenerator generator = new TorchGenerator(seed);
      for (String call : calls) {
        float[] expected = golden.floats(call);
        assertThat(generator.randn(expected.length)).as(call).isEqualTo(expected);
      }
    }
  }

  @Test
  void oneGeneratorPerSample_drawsEachSampleAlone() {
    try (SafetensorsFile golden = Goldens.tensors("torch-rng")) {
      float[] expected = golden.floats("list_of_generators.3x4x3x5");
      int length = expected.length / SEEDS.length;
      for (int i = 0; i < SEEDS.length; i++) {
        assertThat(new TorchGenerator(SEEDS[i]).randn(length))
            .isEqualTo(Arrays.copyOfRange(expected, i * length, (i + 1) * length));
      }
    }
  }

  @Test
  void seed_countsByItsLow32BitsOnly() {
    assertThat(new TorchGenerator((1L << 32) + 7).randn(20))
        .isEqualTo(new TorchGenerator(7).randn(20));
  }

  @Property(tries = 50)
  void fromState_goesOnWithTheSameNumbers(
      @ForAll long seed, @ForAll @Size(max = 6) List<@IntRange(min = 1, max = 900) Integer> calls) {
    TorchGenerator generator = new TorchGenerator(seed);
    calls.forEach(generator::randn);

    TorchGenerator resumed = TorchGenerator.fromState(generator.state());

    assertThat(resumed.randn(7)).isEqualTo(generator.randn(7));
    assertThat(resumed.randn(33)).isEqualTo(generator.randn(33));
  }

  @Test
  void fromState_refusesOtherBytes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TorchGenerator.fromState(new byte[17]))
        .withMessageContaining("found 17");
    byte[] state = new TorchGenerator(1).state();
    state[5] = 0x7f;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TorchGenerator.fromState(state))
        .withMessageContaining("words are used");
  }
}
