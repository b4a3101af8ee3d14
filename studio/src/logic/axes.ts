import type { Settings } from "./settings";
import { kept, stageConstant, toRequest } from "./settings";
import type { Model, Request, Sampling } from "./types";

// X/Y/Z grids. Cells that differ in late stages only are forks of one another, so that what they
// share runs once.

export const AXES = {
  prompt: { label: "Prompt", stage: "" },
  seed: { label: "Seed", stage: "" },
  avoid: { label: "Avoid", stage: "" },
  priorSteps: { label: "Prior steps", stage: "prior" },
  priorGuidance: { label: "Prior guidance", stage: "prior" },
  steps: { label: "Steps", stage: "denoiser" },
  guidance: { label: "Guidance", stage: "denoiser" },
  sampler: { label: "Sampler", stage: "denoiser" },
  finishSteps: { label: "Finishing steps", stage: "upscaler" },
} as const;

export type AxisKind = keyof typeof AXES;

export interface Axis {
  kind: AxisKind;
  values: string[];
}

export interface Cell {
  // The place along each axis.
  at: number[];
  // The cell that it is a fork of, and the stage whose work it goes on from; null for none.
  parent: number | null;
  stage: string | null;
  // The request, once it is made.
  id?: string;
  problem?: string;
}

const MOST_VALUES = 32;

/** Values as they are typed: texts between bars, numbers between commas, 10..30 or 10..30/5. */
export function toValues(kind: AxisKind, text: string): string[] {
  const between = kind === "prompt" || kind === "avoid" ? "|" : ",";
  return text
    .split(between)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .flatMap((part) => range(part) ?? [part])
    .slice(0, MOST_VALUES);
}

function range(text: string): string[] | null {
  const found = /^(-?[\d.]+)\.\.(-?[\d.]+)(?:\/([\d.]+))?$/.exec(text);
  if (!found) {
    return null;
  }
  const [from, to, step] = [Number(found[1]), Number(found[2]), Number(found[3] ?? 1)];
  if (!(step > 0) || !(to >= from)) {
    return null;
  }
  const count = Math.min(MOST_VALUES, Math.floor((to - from) / step + 1e-9) + 1);
  return Array.from({ length: count }, (_, i) => String(Number((from + i * step).toFixed(6))));
}

/** The axes that a model has something for. */
export function axesOf(model: Model | undefined): AxisKind[] {
  const stages = model?.stages ?? [];
  return (Object.keys(AXES) as AxisKind[]).filter((kind) => {
    const stage = AXES[kind].stage;
    if (kind === "prompt" || kind === "avoid") {
      return model?.abilities.includes("text") ?? true;
    }
    if (kind === "finishSteps") {
      return (model?.usual.upscaler?.length ?? 0) > 0;
    }
    return stage === "" || stages.includes(stage);
  });
}

/** All cells of a grid, the first axis changing quickest. */
export function cells(axes: Axis[], model: Model | undefined): Cell[] {
  const sizes = axes.map((axis) => axis.values.length);
  const count = sizes.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, number) => {
    const at: number[] = [];
    let rest = number;
    for (const size of sizes) {
      at.push(rest % size);
      rest = Math.floor(rest / size);
    }
    return { at, ...origin(at, axes, model) };
  });
}

/** The cell of the first values of what its last differing stage is told. */
function origin(at: number[], axes: Axis[], model: Model | undefined) {
  const stages = model?.stages ?? [];
  const order = axes.map((axis) => stages.indexOf(AXES[axis.kind].stage));
  const differing = order.filter((_, i) => at[i]! > 0);
  const last = Math.max(-1, ...differing);
  const before = last > 0 ? stageConstant(stages[last - 1]!) : null;
  if (before === null || !kept(model).includes(before)) {
    return { parent: null, stage: null };
  }
  const place = at.map((index, i) => (order[i] === last ? 0 : index));
  return { parent: number(place, axes), stage: before };
}

function number(at: number[], axes: Axis[]): number {
  let product = 1;
  return at.reduce((sum, index, i) => {
    const place = sum + index * product;
    product *= axes[i]!.values.length;
    return place;
  }, 0);
}

/** What a cell asks for, where it is no fork or the cell that it is a fork of has that label. */
export function requestOf(
  cell: Cell,
  axes: Axis[],
  settings: Settings,
  model: Model | undefined,
  parentLabel?: string,
): Request {
  const values = Object.fromEntries(
    axes.map((axis, i) => [axis.kind, axis.values[cell.at[i]!]!]),
  ) as Partial<Record<AxisKind, string>>;
  const { finishSteps, ...own } = values;
  const whole = toRequest({ ...settings, ...own, count: "1" }, model);
  if (finishSteps) {
    const networks = model?.usual.upscaler?.length ?? 0;
    whole.upscaler = Array.from({ length: networks }, () => ({ steps: Number(finishSteps) }));
  }
  if (cell.parent === null || !parentLabel) {
    return whole;
  }
  const stages = model?.stages ?? [];
  const done = stages.findIndex((stage) => stageConstant(stage) === cell.stage);
  const keep = (whole.keep ?? []).filter(
    (stage) => stages.findIndex((name) => stageConstant(name) === stage) > done,
  );
  const asked: Record<string, Sampling | Sampling[] | undefined> = {
    prior: whole.prior,
    denoiser: whole.denoiser,
    upscaler: whole.upscaler,
  };
  const toCome = stages.slice(done + 1).filter((stage) => asked[stage]);
  return {
    previews: whole.previews,
    keep,
    from: { request_id: parentLabel, image_index: 0, stage: cell.stage! },
    ...Object.fromEntries(toCome.map((stage) => [stage, asked[stage]])),
  };
}
