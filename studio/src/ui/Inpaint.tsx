import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { base64Of, inpaint, tell } from "../logic/actions";
import { toBase64 } from "../logic/base64";
import type { Shown } from "../logic/generations";
import { draw, paints, type Stroke } from "../logic/mask";
import { wholeRequest } from "../logic/recipe";
import { can } from "../logic/settings";
import { models } from "../logic/studio";
import type { Model } from "../logic/types";
import { closePicture } from "./Dialogs";
import { Choice, Field } from "./Field";
import { grain } from "./grain";
import { Modal } from "./Modal";

const BLACK = "#000";
const WHITE = "#fff";
const TINT = "#e0249c";
// Shares of a picture's smaller side.
const SMALLEST = 2;
const LARGEST = 40;
const USUAL = 12;
const KEY_STEP = 0.02;

/** The picture's own model before others. */
function painters(shown: Shown): Model[] {
  const all = (models.value?.data ?? []).filter((model) => can(model, "picture_start") || can(model, "embedding_painting"));
  return [...all].sort(
    (a, b) => Number(b.id === shown.generation.model) - Number(a.id === shown.generation.model),
  );
}

export const canPaint = (shown: Shown) => painters(shown).length > 0;

/** A brush over a picture, and words for what shall be there. */
export function Inpaint({ shown, onClose }: { shown: Shown; onClose: () => void }) {
  const able = painters(shown);
  const model = useSignal(able[0]?.id ?? "");
  const prompt = useSignal(wholeRequest(shown.generation.recipe).prompt ?? "");
  const size = useSignal(USUAL);
  const erases = useSignal(false);
  const strokes = useSignal<Stroke[]>([]);
  const count = useSignal("1");
  const picture = useRef<HTMLImageElement>(null);
  const chosen = able.find((one) => one.id === model.value);
  const submit = async (event: Event) => {
    event.preventDefault();
    const { naturalWidth: width, naturalHeight: height } = picture.current!;
    try {
      const mask = await maskFile(width, height, strokes.value);
      const made = await inpaint(
        await base64Of(shown),
        mask,
        prompt.value.trim(),
        chosen!,
        Number(count.value) || 1,
      );
      if (made) {
        onClose();
        closePicture();
      }
    } catch (problem) {
      tell(problem);
    }
  };
  return (
    <Modal label="Inpaint" onClose={onClose} className="inpaint">
      <h2>Paint over what shall change</h2>
      <Canvas
        shown={shown}
        picture={picture}
        strokes={strokes.value}
        onStrokes={(next) => (strokes.value = next)}
        share={size.value / 100}
        erases={erases.value}
      />
      <div class="brush">
        <label>
          Brush
          <input
            type="range"
            min={SMALLEST}
            max={LARGEST}
            value={size.value}
            aria-label="Brush size"
            onInput={(event) => (size.value = Number(event.currentTarget.value))}
          />
        </label>
        <button type="button" aria-pressed={erases.value} onClick={() => (erases.value = !erases.value)}>
          Eraser
        </button>
        <button
          type="button"
          disabled={strokes.value.length === 0}
          onClick={() => (strokes.value = strokes.value.slice(0, -1))}
        >
          Undo
        </button>
        <button
          type="button"
          disabled={strokes.value.length === 0}
          onClick={() => (strokes.value = [])}
        >
          Clear
        </button>
      </div>
      <form class="fields" onSubmit={submit}>
        {can(chosen, "text") && (
          <Field
            className="wide"
            label="What shall be there"
            value={prompt.value}
            onInput={(text) => (prompt.value = text)}
          />
        )}
        {able.length > 1 && (
          <Choice
            label="Painted by"
            value={model.value}
            onChange={(name) => (model.value = name)}
            options={able.map((one): [string, string] => [one.id, one.id])}
          />
        )}
        <Field label="Pictures to paint" numeric value={count.value} onInput={(v) => (count.value = v)} />
        <button type="submit" class="primary" disabled={!paints(strokes.value)}>
          Paint
        </button>
      </form>
      {!paints(strokes.value) && <p class="hint">Drag over the picture, or use the arrow keys and space.</p>}
    </Modal>
  );
}

async function maskFile(width: number, height: number, strokes: Stroke[]): Promise<string> {
  const painted = new OffscreenCanvas(width, height);
  draw(painted.getContext("2d")!, width, height, strokes, WHITE);
  const mask = new OffscreenCanvas(width, height);
  const context = mask.getContext("2d")!;
  context.fillStyle = BLACK;
  context.fillRect(0, 0, width, height);
  context.drawImage(painted, 0, 0);
  const file = await mask.convertToBlob({ type: "image/png" });
  return toBase64(new Uint8Array(await file.arrayBuffer()));
}

function Canvas({
  shown,
  picture,
  strokes,
  onStrokes,
  share,
  erases,
}: {
  shown: Shown;
  picture: { current: HTMLImageElement | null };
  strokes: Stroke[];
  onStrokes: (strokes: Stroke[]) => void;
  share: number;
  erases: boolean;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const cursor = useRef<HTMLDivElement>(null);
  const at = useSignal<[number, number]>([0.5, 0.5]);
  const drawing = useRef(false);
  const width = () => picture.current?.naturalWidth ?? 1;
  const height = () => picture.current?.naturalHeight ?? 1;
  const radius = () => (share * Math.min(width(), height())) / 2;
  const paint = () => {
    const element = canvas.current!;
    // Finer than the picture: its edges are looked at, its pixels are counted elsewhere.
    const scale = element.clientWidth / width() || 1;
    element.width = Math.round(width() * scale);
    element.height = Math.round(height() * scale);
    const scaled = strokes.map((stroke) => ({
      ...stroke,
      radius: stroke.radius * scale,
      points: stroke.points.map(([x, y]): [number, number] => [x * scale, y * scale]),
    }));
    draw(element.getContext("2d")!, element.width, element.height, scaled, TINT);
  };
  useEffect(paint);
  useEffect(() => {
    const style = cursor.current!.style;
    const box = canvas.current!;
    const diameter = share * Math.min(box.clientWidth, box.clientHeight);
    style.width = style.height = `${diameter}px`;
    style.left = `${at.value[0] * box.clientWidth - diameter / 2}px`;
    style.top = `${at.value[1] * box.clientHeight - diameter / 2}px`;
  });
  const place = (event: PointerEvent): [number, number] => {
    const box = canvas.current!.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const point = ([x, y]: [number, number]): [number, number] => [x * width(), y * height()];
  const begin = (where: [number, number]) =>
    onStrokes([...strokes, { radius: radius(), erases, points: [point(where)] }]);
  const goOn = (where: [number, number]) => {
    const last = strokes.at(-1);
    if (last) {
      onStrokes([
        ...strokes.slice(0, -1),
        { ...last, points: [...last.points, point(where)] },
      ]);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-KEY_STEP, 0],
      ArrowRight: [KEY_STEP, 0],
      ArrowUp: [0, -KEY_STEP],
      ArrowDown: [0, KEY_STEP],
    };
    const move = moves[event.key];
    if (move) {
      event.preventDefault();
      at.value = [
        Math.min(1, Math.max(0, at.value[0] + move[0])),
        Math.min(1, Math.max(0, at.value[1] + move[1])),
      ];
    } else if (event.key === " ") {
      event.preventDefault();
      begin(at.value);
    }
  };
  return (
    <div class="easel">
      <img ref={picture} class={`picture ${grain(shown.picture.size)}`} src={shown.picture.url} alt="" onLoad={paint} />
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-label="Picture to paint over: arrow keys move the brush, space paints"
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drawing.current = true;
          at.value = place(event);
          begin(at.value);
        }}
        onPointerMove={(event) => {
          at.value = place(event);
          if (drawing.current) {
            goOn(at.value);
          }
        }}
        onPointerUp={() => (drawing.current = false)}
        onPointerCancel={() => (drawing.current = false)}
      />
      <div ref={cursor} class="cursor" />
    </div>
  );
}
