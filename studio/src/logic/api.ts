import type { Cluster, Failure, Generation, Models, Request } from "./types";

/** A refusal of the gateway's, in its words. */
export class Refusal extends Error {
  readonly field: string | null;

  constructor(failure: Failure) {
    super(failure.message);
    this.field = failure.field ?? null;
  }
}

/** Seeds have up to 63 bits, more than a number of JavaScript's: long ones become texts. */
export function parse<T>(json: string): T {
  return JSON.parse(json.replace(/("seed"\s*:\s*)(\d{16,})/g, '$1"$2"')) as T;
}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Refusal({ message: "The server cannot be reached." });
  }
  const text = await response.text();
  if (!response.ok) {
    let failure: Failure = { message: `The server answered ${response.status}.` };
    try {
      failure = parse<{ error: Failure }>(text).error ?? failure;
    } catch {
      // No words of the gateway's own.
    }
    throw new Refusal(failure);
  }
  return parse<T>(text);
}

export const models = () => call<Models>("/v1/models");

export const cluster = () => call<Cluster>("/v1/cluster");

export const create = (request: Request) =>
  call<Generation>("/v1/generations", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });

export const cancel = (id: string) =>
  call<Generation>(`/v1/generations/${id}/cancel`, { method: "POST" });

export const get = (id: string) => call<Generation>(`/v1/generations/${id}`);

/** Newest first. */
export const list = (limit: number, after?: string) =>
  call<{ data: Generation[]; has_more: boolean }>(
    `/v1/generations?limit=${limit}${after ? `&after=${after}` : ""}`,
  );

export const pictureUrl = (id: string, index: number) => `/v1/generations/${id}/images/${index}`;

export async function bytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Refusal({ message: "The picture is not kept any more." });
  }
  return new Uint8Array(await response.arrayBuffer());
}
