import { expect, test } from "vitest";
import { cells, requestOf, toValues, type Axis } from "../src/logic/axes";
import { NO_SETTINGS } from "../src/logic/settings";
import { unclip } from "./models";

test("values are lists and ranges of numbers, or texts between bars", () => {
  expect(toValues("steps", "5, 10..20/5,30")).toEqual(["5", "10", "15", "20", "30"]);
  expect(toValues("seed", "1..3")).toEqual(["1", "2", "3"]);
  expect(toValues("guidance", "0.5..1/0.1")).toEqual(["0.5", "0.6", "0.7", "0.8", "0.9", "1"]);
  expect(toValues("prompt", "a, b | c ")).toEqual(["a, b", "c"]);
});

const AXES: Axis[] = [
  { kind: "guidance", values: ["1", "2"] },
  { kind: "prompt", values: ["a", "b"] },
  { kind: "finishSteps", values: ["7", "14"] },
];

test("cells that differ in late stages are forks of those that share the early ones", () => {
  const grid = cells(AXES, unclip);

  expect(grid).toHaveLength(8);
  expect(grid.map(({ at, parent, stage }) => [at.join(""), parent, stage])).toEqual([
    ["000", null, null],
    ["100", 0, "PRIOR"],
    ["010", null, null],
    ["110", 2, "PRIOR"],
    ["001", 0, "DENOISER"],
    ["101", 1, "DENOISER"],
    ["011", 2, "DENOISER"],
    ["111", 3, "DENOISER"],
  ]);
});

test("a fork asks for what is to come and for nothing that is over", () => {
  const grid = cells(AXES, unclip);
  const settings = { ...NO_SETTINGS, seed: "7", priorSteps: "9", steps: "5" };

  expect(requestOf(grid[2]!, AXES, settings, unclip)).toMatchObject({
    prompt: "b",
    seed: "7",
    n: 1,
    prior: { steps: 9 },
    denoiser: { steps: 5, guidance_scale: 1 },
    upscaler: [{ steps: 7 }, { steps: 7 }],
    keep: ["PRIOR", "DENOISER"],
  });
  expect(requestOf(grid[1]!, AXES, settings, unclip, "work")).toEqual({
    previews: 8,
    keep: ["DENOISER"],
    from: { request_id: "work", image_index: 0, stage: "PRIOR" },
    denoiser: { steps: 5, guidance_scale: 2 },
    upscaler: [{ steps: 7 }, { steps: 7 }],
  });
  expect(requestOf(grid[5]!, AXES, settings, unclip, "work")).toEqual({
    previews: 8,
    keep: [],
    from: { request_id: "work", image_index: 0, stage: "DENOISER" },
    upscaler: [{ steps: 14 }, { steps: 14 }],
  });
});
