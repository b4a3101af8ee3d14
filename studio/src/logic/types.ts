// What the gateway's HTTP API says, as far as the page reads it (docs/http.md).

export interface Sampling {
  steps?: number;
  guidance_scale?: number;
  sampler?: string;
  [other: string]: unknown;
}

export interface Origin {
  request_id: string;
  image_index?: number;
  stage: string;
}

export interface Interpolation {
  prompt?: string;
  image?: string;
  position?: number;
  seed?: string | number;
  change?: { from: string; to: string };
}

export interface Request {
  prompt?: string;
  negative_prompt?: string;
  model?: string;
  n?: number;
  width?: number;
  height?: number;
  seed?: string | number;
  prior?: Sampling;
  denoiser?: Sampling;
  upscaler?: Sampling[];
  class_label?: number;
  strength?: number;
  image?: string;
  mask?: string;
  variation?: boolean;
  interpolation?: Interpolation;
  from?: Origin;
  keep?: string[];
  previews?: number;
  [other: string]: unknown;
}

export interface Recipe {
  request?: Request;
  version?: string;
  // SHA-256 of the pictures that a request came with.
  image?: string;
  interpolation_image?: string;
  mask?: string;
  origin?: Recipe;
}

export interface Model {
  id: string;
  pipeline: string;
  size: string;
  stages: string[];
  abilities: string[];
  usual: Request;
  samplers: string[];
  status: StageState[];
  notes?: string[];
}

export interface StageState {
  stage: string;
  state: string;
  workers: number;
  component?: string;
  bytes?: number;
  total?: number;
  reason?: string;
}

export interface Models {
  data: Model[];
  default: string;
  unusable: { id: string; problems: string[] }[];
}

export interface Progress {
  stage: string;
  step: number;
  total: number;
}

export type State = "queued" | "in_progress" | "succeeded" | "failed" | "cancelled";

export interface Failure {
  message: string;
  code?: string;
  field?: string | null;
}

export interface Picture {
  index: number;
  status: State;
  seed?: string | number;
  size?: string;
  url?: string;
  warnings?: string[];
  progress?: Progress;
  error?: Failure;
}

export interface Generation {
  id: string;
  // The label that the caller gave, or that was made; what forks go by.
  request_id: string;
  status: State;
  created_at: number;
  model: string;
  seed: string | number;
  stages: string[];
  data: Picture[];
  warnings: string[];
  recipe: Recipe;
}

/** The workers of a stage that serve the same models. */
export interface Pool {
  stage: string;
  pool: string;
  /** Null while it is not known. */
  waiting: number | null;
  in_work: number;
  workers: Worker[];
}

export interface Worker {
  id: string;
  since: number;
  ready: boolean;
  reason?: string;
  in_work: number;
  memory: { budget: number; used: number; resident: number };
  models: { id: string; state: "on_demand" | "loading" | "loaded" | "left_out" }[];
  work: { model: string; in_work: number; row_steps: number; seconds: number }[];
}

export interface Cluster {
  pools: Pool[];
}
