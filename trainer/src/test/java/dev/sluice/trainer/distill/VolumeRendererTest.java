package dev.sluice.trainer.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.networks.layer.Gradients;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class VolumeRendererTest {

  private static final int SIDE = 32;
  private static final double DISTANCE = 3;
  private static final double ANGLE = 20;
  private static final VolumeRenderer RENDERER = new VolumeRenderer(SIDE, 64, DISTANCE, ANGLE);
  private static final double RADIUS = 0.5;

  /** What {@code field} looks like before black: {@code [3, side, side]}, then the opacity. */
  private static float[][] look(Field field, double azimuth, double elevation) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      VolumeRenderer.View view = view(tf, RENDERER, field, azimuth, elevation);
      try (Result result = session.runner().fetch(view.picture()).fetch(view.opacity()).run()) {
        return new float[][] {floats(result, 0), floats(result, 1)};
      }
    }
  }

  private static VolumeRenderer.View view(
      Ops tf, VolumeRenderer renderer, Field field, double azimuth, double elevation) {
    float[] middle = new float[renderer.samples()];
    Arrays.fill(middle, 0.5f);
    return renderer.look(
        tf,
        field,
        tf.constant(new float[] {-1, -1, -1}),
        tf.constant(new float[] {(float) azimuth}),
        tf.constant(new float[] {(float) elevation}),
        tf.expandDims(tf.constant(middle), tf.constant(0)));
  }

  private static float[] floats(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  /** A red ball, solid but for its rim. */
  private static Field ball(double x, double y, double z, double radius) {
    return (tf, places) -> {
      Operand<TFloat32> middle = tf.constant(new float[] {(float) x, (float) y, (float) z});
      Operand<TFloat32> away =
          tf.math.sqrt(tf.sum(tf.math.squaredDifference(places, middle), tf.constant(1)));
      Operand<TFloat32> inside =
          tf.math.sigmoid(
              tf.math.mul(tf.math.sub(tf.constant((float) radius), away), tf.constant(300f)));
      Operand<TFloat32> like = tf.zerosLike(places);
      return new Field.Matter(
          tf.math.mul(inside, tf.constant(50f)),
          tf.math.add(like, tf.constant(new float[] {1, -1, -1})));
    };
  }

  @Test
  void aBallIsADiscFromEverywhere() {
    // The rays that touch it have the sine radius / distance.
    double tangent = Math.tan(Math.asin(RADIUS / DISTANCE));
    double radius = tangent / Math.tan(Math.toRadians(ANGLE)) * SIDE / 2;
    for (double[] from : new double[][] {{0, 0}, {1.3, 0.4}, {4, -1}}) {
      float[][] seen = look(ball(0, 0, 0, RADIUS), from[0], from[1]);
      double area = 0;
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          double away = Math.hypot(x + 0.5 - SIDE / 2.0, y + 0.5 - SIDE / 2.0);
          float opacity = seen[1][y * SIDE + x];
          area += opacity;
          if (Math.abs(away - radius) > 1) {
            assertThat(opacity).isCloseTo(away < radius ? 1 : 0, within(1e-2f));
          }
          float red = seen[0][y * SIDE + x];
          assertThat(red).as("red as far as it is there").isCloseTo(2 * opacity - 1, within(1e-3f));
          assertThat(seen[0][SIDE * SIDE + y * SIDE + x]).isCloseTo(-1, within(1e-3f));
        }
      }
      assertThat(area)
          .isCloseTo(Math.PI * radius * radius, within(0.04 * Math.PI * radius * radius));
    }
  }

  @Test
  void theCameraGoesRound() {
    assertThat(middle(look(ball(0.5, 0, 0, 0.2), 0, 0)[1]))
        .as("what is on the right is there from the front")
        .satisfies(at -> assertThat(at[0]).isGreaterThan(SIDE / 2.0 + 3))
        .satisfies(at -> assertThat(at[1]).isCloseTo(SIDE / 2.0, within(0.1)));
    assertThat(middle(look(ball(0.5, 0, 0, 0.2), Math.PI, 0)[1])[0])
        .as("from the back it is on the left")
        .isLessThan(SIDE / 2.0 - 3);
    assertThat(middle(look(ball(0.5, 0, 0, 0.2), Math.PI / 2, 0)[1])[0])
        .as("after a quarter turn it is in the middle")
        .isCloseTo(SIDE / 2.0, within(0.1));
    assertThat(sum(look(ball(0.5, 0, 0, 0.2), Math.PI / 2, 0)[1]))
        .as("and nearer")
        .isGreaterThan(1.3 * sum(look(ball(0.5, 0, 0, 0.2), -Math.PI / 2, 0)[1]));
    assertThat(middle(look(ball(0, 0.5, 0, 0.2), 0, 0)[1])[1])
        .as("what is high is high")
        .isLessThan(SIDE / 2.0 - 3);
    assertThat(middle(look(ball(0, 0, 0.5, 0.2), 0, 1)[1])[1])
        .as("from above, what is near is low")
        .isGreaterThan(SIDE / 2.0 + 3);
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  /** Of what is there, in pixels. */
  private static double[] middle(float[] opacity) {
    double x = 0;
    double y = 0;
    for (int i = 0; i < opacity.length; i++) {
      x += opacity[i] * (i % SIDE + 0.5);
      y += opacity[i] * (i / SIDE + 0.5);
    }
    return new double[] {x / sum(opacity), y / sum(opacity)};
  }

  /** Of a ball's place, size and color, by their gradients and by trying. */
  @Test
  void gradients_areThoseOfFiniteDifferences() {
    VolumeRenderer small = new VolumeRenderer(8, 32, DISTANCE, ANGLE);
    float[] at = {0.1f, -0.2f, 0.3f, 0.45f, 3, 0.4f};
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> numbers =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(at.length)));
      Field soft =
          (ops, places) -> {
            Operand<TFloat32> away =
                tf.sum(tf.math.squaredDifference(places, part(tf, numbers, 0, 3)), tf.constant(1));
            Operand<TFloat32> size = tf.math.square(part(tf, numbers, 3, 1));
            return new Field.Matter(
                tf.math.mul(
                    part(tf, numbers, 4, 1), tf.math.exp(tf.math.neg(tf.math.div(away, size)))),
                tf.math.mul(tf.onesLike(places), part(tf, numbers, 5, 1)));
          };
      VolumeRenderer.View view = view(tf, small, soft, 0.7, 0.3);
      // Each pixel counts differently, so that what moves across the picture is seen.
      float[] factors = new float[3 * 8 * 8];
      for (int i = 0; i < factors.length; i++) {
        factors[i] = (float) Math.sin(i);
      }
      Operand<TFloat32> number =
          tf.sum(
              tf.math.mul(
                  tf.reshape(view.picture(), tf.constant(new int[] {-1})), tf.constant(factors)),
              tf.constant(0));
      Operand<TFloat32> gradient = Gradients.of(tf, number, numbers);
      float[] found = run(session, numbers, at, gradient);
      for (int i = 0; i < at.length; i++) {
        float step = 2e-2f;
        float[] more = at.clone();
        float[] less = at.clone();
        more[i] += step;
        less[i] -= step;
        double slope =
            (run(session, numbers, more, number)[0] - run(session, numbers, less, number)[0])
                / (2 * step);
        assertThat((double) found[i])
            .as("of number " + i)
            .isCloseTo(slope, within(0.02 * Math.abs(slope) + 2e-3));
        assertThat(Math.abs(slope)).as("it matters").isGreaterThan(1e-2);
      }
    }
  }

  private static Operand<TFloat32> part(Ops tf, Operand<TFloat32> numbers, int from, int count) {
    return tf.slice(numbers, tf.constant(new int[] {from}), tf.constant(new int[] {count}));
  }

  private static float[] run(
      Session session, Placeholder<TFloat32> numbers, float[] values, Operand<TFloat32> asked) {
    try (TFloat32 fed = TFloat32.vectorOf(values);
        Result result = session.runner().feed(numbers, fed).fetch(asked).run()) {
      return floats(result, 0);
    }
  }

  @Test
  void directions_countByWhereItIsLookedAtFrom() {
    assertThat(shares(new Directions(Map.of(Direction.FRONT, "a")), Math.PI, 0))
        .containsExactly(1f);
    Directions two = new Directions(Map.of(Direction.FRONT, "a", Direction.BACK, "b"));
    assertThat(two.texts()).containsExactly("a", "b");
    assertThat(shares(two, 1, 0)).containsExactly(1f, 0f);
    assertThat(shares(two, 2, 0)).containsExactly(0f, 1f);
    Directions all =
        new Directions(
            Map.of(
                Direction.FRONT,
                "a",
                Direction.SIDE,
                "s",
                Direction.BACK,
                "b",
                Direction.ABOVE,
                "o"));
    assertThat(all.texts()).containsExactly("a", "s", "b", "o");
    assertThat(shares(all, Math.PI / 4, 0.1))
        .containsExactly(new float[] {0.5f, 0.5f, 0, 0}, within(1e-6f));
    assertThat(shares(all, Math.PI, 0.1)).containsExactly(new float[] {0, 0, 1, 0}, within(1e-6f));
    assertThat(shares(all, 0, 1.2)).containsExactly(0, 0, 0, 1f);
  }

  private static float[] shares(Directions directions, double azimuth, double elevation) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> shares =
          directions.shares(
              tf,
              tf.constant(new float[] {(float) azimuth}),
              tf.constant(new float[] {(float) elevation}));
      try (Result result = session.runner().fetch(shares).run()) {
        return floats(result, 0);
      }
    }
  }
}
