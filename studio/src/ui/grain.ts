const LARGEST = 256;

/** Small pictures are shown pixel by pixel, large ones smoothly. */
export const grain = (size: string | undefined) =>
  Number(size?.split("x")[0] ?? 0) <= LARGEST ? "pixels" : "";
