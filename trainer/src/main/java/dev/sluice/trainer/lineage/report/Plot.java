package dev.sluice.trainer.lineage.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/** Lines through measured points, as a picture beside the table that they are of. */
public final class Plot {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 440;

  private final String across;
  private final String up;
  private final boolean logarithmic;
  private final Map<String, Line> lines = new LinkedHashMap<>();

  private record Line(List<Double> across, List<Double> up) {}

  /**
   * @param across what the horizontal axis shows
   * @param up what the vertical axis shows
   * @param logarithmic whether the horizontal axis goes by powers of ten
   */
  public Plot(String across, String up, boolean logarithmic) {
    this.across = across;
    this.up = up;
    this.logarithmic = logarithmic;
  }

  /** Goes on with a line, or begins it. */
  public Plot point(String line, double x, double y) {
    Line points =
        lines.computeIfAbsent(line, name -> new Line(new ArrayList<>(), new ArrayList<>()));
    points.across().add(x);
    points.up().add(y);
    return this;
  }

  /** Writes a PNG. */
  public void write(Path file) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle(across)
            .yAxisTitle(up)
            .theme(Styler.ChartTheme.GGPlot2)
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setXAxisLogarithmic(logarithmic);
    lines.forEach((name, line) -> chart.addSeries(name, line.across(), line.up()));
    Files.createDirectories(file.toAbsolutePath().getParent());
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG);
  }
}
