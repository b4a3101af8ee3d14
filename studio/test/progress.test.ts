import { expect, test } from "vitest";
import { share, wholeShare } from "../src/logic/progress";
import type { Picture } from "../src/logic/types";

const STAGES = ["text-encoder", "prior", "denoiser", "upscaler"];

const at = (stage: string, step: number): Picture => ({
  index: 0,
  status: "in_progress",
  progress: { stage, step, total: 10 },
});

test("a picture's share grows with its steps and stages and ends at one", () => {
  const shares = [
    at("text-encoder", 10),
    at("prior", 5),
    at("denoiser", 0),
    at("denoiser", 9),
    at("upscaler", 1),
  ].map((picture) => share(picture, STAGES));

  expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  expect(share({ index: 0, status: "queued" }, STAGES)).toBe(0);
  expect(share(at("upscaler", 10), STAGES)).toBe(1);
  expect(share({ index: 0, status: "succeeded" }, STAGES)).toBe(1);
});

test("a request's share is that of all its pictures", () => {
  const pictures: Picture[] = [
    { index: 0, status: "succeeded" },
    { index: 1, status: "queued" },
  ];
  expect(wholeShare(pictures, STAGES)).toBe(0.5);
  expect(wholeShare([], STAGES)).toBe(0);
});
