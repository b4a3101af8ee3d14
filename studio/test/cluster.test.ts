import { expect, test } from "vitest";
import { bytes, lasting, poolTitle, speed, stateOf } from "../src/logic/cluster";

const work = (row_steps: number, seconds: number) => ({ model: "m", in_work: 0, row_steps, seconds });

test("pools have titles", () => {
  expect(poolTitle({ stage: "text-encoder", pool: "" })).toBe("Text encoder");
  expect(poolTitle({ stage: "denoiser", pool: "large" })).toBe("Denoiser, large");
});

test("a worker that loads is not merely ready, and one that is not says why", () => {
  const models = [{ id: "m", state: "loading" as const }];
  expect(stateOf({ ready: true, models })).toBe("loading");
  expect(stateOf({ ready: true, models: [] })).toBe("ready");
  expect(stateOf({ ready: false, reason: "it is full", models })).toBe("not ready: it is full");
});

test("speed is over all models, and unknown before any work", () => {
  expect(speed({ work: [work(3000, 1), work(6000, 2)] })).toBe("3K");
  expect(speed({ work: [work(0, 0)] })).toBe("–");
});

test("sizes and times are in the unit that suits them", () => {
  expect(bytes(26_400_000)).toBe("26 MB");
  expect(bytes(12_400_000_000)).toBe("12.4 GB");
  expect(lasting(-3)).toBe("0 s");
  expect(lasting(59.9)).toBe("59 s");
  expect(lasting(3599)).toBe("59 min");
  expect(lasting(90_000)).toBe("25 h");
  expect(lasting(3 * 86_400)).toBe("3 d");
});
