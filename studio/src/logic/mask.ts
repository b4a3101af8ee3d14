// A mask as a picture of few strokes; what is painted is white.

export interface Stroke {
  // In the picture's pixels.
  radius: number;
  erases: boolean;
  points: [x: number, y: number][];
}

type Context = Pick<
  CanvasRenderingContext2D,
  | "clearRect"
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "stroke"
  | "arc"
  | "fill"
  | "lineWidth"
  | "lineCap"
  | "lineJoin"
  | "strokeStyle"
  | "fillStyle"
  | "globalCompositeOperation"
>;

/** Draws strokes onto a canvas of nothing. */
export function draw(
  context: Context,
  width: number,
  height: number,
  strokes: Stroke[],
  color: string,
) {
  context.clearRect(0, 0, width, height);
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = color;
  context.fillStyle = color;
  for (const stroke of strokes) {
    context.globalCompositeOperation = stroke.erases ? "destination-out" : "source-over";
    const [first, ...rest] = stroke.points;
    if (!first) {
      continue;
    }
    context.beginPath();
    if (rest.length === 0) {
      context.arc(first[0], first[1], stroke.radius, 0, 2 * Math.PI);
      context.fill();
    } else {
      context.lineWidth = stroke.radius * 2;
      context.moveTo(...first);
      rest.forEach((point) => context.lineTo(...point));
      context.stroke();
    }
  }
  context.globalCompositeOperation = "source-over";
}

/** Whether anything is painted. */
export const paints = (strokes: Stroke[]) =>
  strokes.some((stroke) => !stroke.erases && stroke.points.length > 0);
