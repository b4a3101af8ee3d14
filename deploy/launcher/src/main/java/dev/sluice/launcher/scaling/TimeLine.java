package dev.sluice.launcher.scaling;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** What one stage had to do and how many replicas it had, through time. */
final class TimeLine {

  /** A day of changes; what comes later is not drawn. */
  private static final int MOST_POINTS = 86_400;

  private static final int WIDTH = 900;
  private static final int HEIGHT = 400;

  private final String stage;
  private final List<Point> points = new ArrayList<>();

  private record Point(double second, double work, int replicas, int ending) {}

  TimeLine(String stage) {
    this.stage = stage;
  }

  /**
   * Notes how it is; what is as before is not noted twice.
   *
   * @param now since the instance began
   * @param work in seconds of one replica; empty where it is not known
   */
  void add(Duration now, OptionalDouble work, int replicas, int ending) {
    Point point = new Point(now.toMillis() / 1000.0, work.orElse(Double.NaN), replicas, ending);
    if (points.size() < MOST_POINTS && (points.isEmpty() || differs(point))) {
      points.add(point);
    }
  }

  private boolean differs(Point point) {
    Point last = points.get(points.size() - 1);
    return Double.compare(last.work, point.work) != 0
        || last.replicas != point.replicas
        || last.ending != point.ending;
  }

  /** Writes {@code scaling-STAGE.csv} and, where anything happened, {@code scaling-STAGE.png}. */
  void write(Path folder) throws IOException {
    try (Writer csv = Files.newBufferedWriter(folder.resolve("scaling-" + stage + ".csv"))) {
      csv.write("seconds,seconds_of_work,replicas,ending\n");
      for (Point point : points) {
        csv.write(
            "%.1f,%.1f,%d,%d%n"
                .formatted(point.second(), point.work(), point.replicas(), point.ending())
                .toLowerCase(Locale.ROOT));
      }
    }
    if (points.size() > 1) {
      // In one move, so that no reader sees half of it.
      Path draft = folder.resolve(".scaling-" + stage + ".png");
      BitmapEncoder.saveBitmap(chart(), draft.toString(), BitmapEncoder.BitmapFormat.PNG);
      Files.move(
          draft,
          folder.resolve("scaling-" + stage + ".png"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private XYChart chart() {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Replicas of the " + stage)
            .xAxisTitle("seconds")
            .yAxisTitle("replicas")
            .theme(Styler.ChartTheme.GGPlot2)
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
    chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Step);
    double[] seconds = points.stream().mapToDouble(Point::second).toArray();
    chart
        .addSeries("replicas", seconds, points.stream().mapToDouble(Point::replicas).toArray())
        .setMarker(SeriesMarkers.NONE);
    chart
        .addSeries("handing over", seconds, points.stream().mapToDouble(Point::ending).toArray())
        .setMarker(SeriesMarkers.NONE);
    chart
        .addSeries("seconds of work", seconds, points.stream().mapToDouble(Point::work).toArray())
        .setMarker(SeriesMarkers.NONE)
        .setYAxisGroup(1);
    chart.setYAxisGroupTitle(1, "seconds of work");
    chart.getStyler().setYAxisGroupPosition(1, Styler.YAxisPosition.Right);
    chart.getStyler().setYAxisMin(0, 0.0);
    chart.getStyler().setYAxisMin(1, 0.0);
    return chart;
  }
}
