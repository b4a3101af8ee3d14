import { computed, effect, signal } from "@preact/signals";
import * as api from "./api";
import { tell } from "./actions";
import { AXES, cells, requestOf, toValues, type Axis, type AxisKind, type Cell } from "./axes";
import { find, generations, take } from "./generations";
import { say } from "./messages";
import type { Settings } from "./settings";
import { stored } from "./stored";
import { chosenModel, form, modelNamed, models, remember } from "./studio";

const MOST_CELLS = 100;
const MOST_GRIDS = 20;
const MOST_SEED = 2 ** 31;

export interface Grid {
  name: string;
  model: string;
  settings: Settings;
  axes: Axis[];
  cells: Cell[];
}

/** What is typed for each axis; an empty kind is no axis. */
export const axisFields = signal<{ kind: AxisKind | ""; text: string }[]>([
  { kind: "", text: "" },
  { kind: "", text: "" },
  { kind: "", text: "" },
]);

export const activeAxes = computed<Axis[]>(() =>
  axisFields.value
    .filter((field) => field.kind !== "")
    .map((field) => ({
      kind: field.kind as AxisKind,
      values: toValues(field.kind as AxisKind, field.text),
    }))
    .filter((axis) => axis.values.length > 0),
);

export const cellCount = computed(() =>
  activeAxes.value.reduce((product, axis) => product * axis.values.length, 1),
);

export const grids = stored<Grid[]>("grids", []);

export async function startGrid() {
  const axes = activeAxes.value;
  const model = chosenModel.value;
  if (cellCount.value > MOST_CELLS) {
    say.problem(`These are ${cellCount.value} pictures; a grid has ${MOST_CELLS} at most.`);
    return;
  }
  if (!form.value.prompt.trim() && !axes.some((axis) => axis.kind === "prompt")) {
    say.problem("Say what the picture shall show.");
    return;
  }
  remember(form.value.prompt.trim());
  const seed = form.value.seed.trim() || String(Math.floor(Math.random() * MOST_SEED));
  const grid: Grid = {
    name: `grid-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`,
    model: model?.id ?? "",
    settings: { ...form.value, model: model?.id ?? "", seed },
    axes,
    cells: cells(axes, model),
  };
  grids.value = [grid, ...grids.value].slice(0, MOST_GRIDS);
  say.nothing();
}

export const removeGrid = (name: string) =>
  (grids.value = grids.value.filter((grid) => grid.name !== name));

export const axisLabel = (axis: Axis) => AXES[axis.kind].label;

const asking = new Set<string>();

/** Asks for the cells whose turn it is, also after the page was opened again. */
export function workOnGrids() {
  effect(() => {
    // Read for whenever one of them has ended.
    void generations.value;
    if (models.value) {
      for (const grid of grids.value) {
        grid.cells.forEach((cell, i) => {
          if (!cell.id && !cell.problem) {
            consider(grid, cell, i);
          }
        });
      }
    }
  });
}

function consider(grid: Grid, cell: Cell, i: number) {
  const label = `${grid.name}-${i}`;
  if (asking.has(label)) {
    return;
  }
  let parentLabel: string | undefined;
  if (cell.parent !== null) {
    const parent = grid.cells[cell.parent]!;
    const origin = parent.id ? find(parent.id) : undefined;
    const failed = parent.problem || origin?.status === "failed" || origin?.status === "cancelled";
    if (failed) {
      settle(grid.name, i, { problem: "What it goes on from came to nothing." });
      return;
    }
    if (origin?.status !== "succeeded") {
      return;
    }
    parentLabel = origin.request_id;
  }
  asking.add(label);
  void ask(grid, cell, i, label, parentLabel);
}

async function ask(grid: Grid, cell: Cell, i: number, label: string, parentLabel?: string) {
  const model = modelNamed(grid.model);
  try {
    // By its label two pages that show one grid ask for one picture.
    const request = requestOf(cell, grid.axes, grid.settings, model, parentLabel);
    const generation = await api.create({ ...request, request_id: label });
    take(generation);
    settle(grid.name, i, { id: generation.id });
  } catch (problem) {
    settle(grid.name, i, { problem: problem instanceof Error ? problem.message : "failed" });
    tell(problem);
  } finally {
    asking.delete(label);
  }
}

function settle(name: string, i: number, what: Partial<Cell>) {
  grids.value = grids.value.map((grid) =>
    grid.name === name
      ? { ...grid, cells: grid.cells.map((cell, j) => (i === j ? { ...cell, ...what } : cell)) }
      : grid,
  );
}
