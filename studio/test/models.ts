import type { Model } from "../src/logic/types";

export const unclip: Model = {
  id: "shapes",
  pipeline: "UnCLIPPipeline",
  size: "64x64",
  stages: ["text-encoder", "prior", "denoiser", "upscaler"],
  abilities: ["text", "embeddings", "variations"],
  usual: {
    prior: { steps: 15, guidance_scale: 2 },
    denoiser: { steps: 20, guidance_scale: 2 },
    upscaler: [{ steps: 7 }, { steps: 7 }],
  },
  samplers: ["DDIMScheduler"],
  status: [],
};
