import type { Picture } from "./types";

// What stages take of a picture's time, roughly: only for a bar that goes evenly.
const WEIGHTS: Record<string, number> = {
  "text-encoder": 1,
  prior: 4,
  denoiser: 12,
  upscaler: 6,
};

const weight = (stage: string) => WEIGHTS[stage] ?? 4;

const isOver = (picture: Picture) =>
  picture.status === "succeeded" || picture.status === "failed" || picture.status === "cancelled";

/** How much of one picture is done, 0 to 1. */
export function share(picture: Picture, stages: string[]): number {
  if (isOver(picture)) {
    return 1;
  }
  const progress = picture.progress;
  if (!progress) {
    return 0;
  }
  const whole = stages.reduce((sum, stage) => sum + weight(stage), 0);
  const before = stages
    .slice(0, Math.max(0, stages.lastIndexOf(progress.stage)))
    .reduce((sum, stage) => sum + weight(stage), 0);
  const own = weight(progress.stage) * (progress.step / Math.max(1, progress.total));
  return whole === 0 ? 0 : Math.min(1, (before + own) / whole);
}

/** Of all pictures of a request. */
export const wholeShare = (pictures: Picture[], stages: string[]) =>
  pictures.length === 0
    ? 0
    : pictures.reduce((sum, picture) => sum + share(picture, stages), 0) / pictures.length;

export const stageName = (stage: string) =>
  ({
    "text-encoder": "Reading the words",
    prior: "Imagining",
    denoiser: "Denoising",
    upscaler: "Finishing",
  })[stage] ?? stage;
