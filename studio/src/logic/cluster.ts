import type { Pool, Worker } from "./types";

// What the cluster says, in words.

/** “Denoiser”, or “Denoiser, large” of a pool among several. */
export function poolTitle({ stage, pool }: Pick<Pool, "stage" | "pool">): string {
  const name = stage.replace("-", " ");
  return name[0]!.toUpperCase() + name.slice(1) + (pool ? `, ${pool}` : "");
}

export function stateOf(worker: Pick<Worker, "ready" | "reason" | "models">): string {
  if (!worker.ready) {
    return worker.reason ? `not ready: ${worker.reason}` : "not ready";
  }
  return worker.models.some((model) => model.state === "loading") ? "loading" : "ready";
}

/** Row steps a second over all that it has done; a dash before it has done any. */
export function speed({ work }: Pick<Worker, "work">): string {
  const seconds = work.reduce((sum, one) => sum + one.seconds, 0);
  const steps = work.reduce((sum, one) => sum + one.row_steps, 0);
  return seconds > 0 && steps > 0 ? compact(steps / seconds) : "–";
}

const compact = (value: number) =>
  new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }).format(value);

export function bytes(count: number): string {
  return count < 1e9 ? `${Math.round(count / 1e6)} MB` : `${(count / 1e9).toFixed(1)} GB`;
}

/** A time in its largest unit. */
export function lasting(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min`;
  }
  return whole < 2 * 86_400 ? `${Math.floor(whole / 3600)} h` : `${Math.floor(whole / 86_400)} d`;
}
