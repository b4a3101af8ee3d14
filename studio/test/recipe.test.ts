import { expect, test } from "vitest";
import { parse } from "../src/logic/api";
import { facts } from "../src/logic/facts";
import { missing, recipeOf, wholeRequest, words } from "../src/logic/recipe";
import { NO_SETTINGS, ofRecipe, toRequest } from "../src/logic/settings";
import type { Recipe } from "../src/logic/types";
import { unclip } from "./models";

const UTF8 = new TextEncoder();

function chunk(type: string, data: Uint8Array): Uint8Array {
  const made = new Uint8Array(data.length + 12);
  new DataView(made.buffer).setUint32(0, data.length);
  made.set(UTF8.encode(type), 4);
  made.set(data, 8);
  return made;
}

function png(...chunks: Uint8Array[]): Uint8Array {
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Uint8Array.from([signature, ...chunks].flatMap((part) => [...part]));
}

const text = (keyword: string, value: string) =>
  chunk("iTXt", UTF8.encode(`${keyword}\0\0\0\0\0${value}`));

test("a picture's file tells its recipe, by the names that requests have", () => {
  const recipe = '{"request":{"prompt":"grün","seed":"9007199254740993","classLabel":3}}';
  const file = png(chunk("IHDR", new Uint8Array(13)), text("other", "{}"), text("sluice", recipe));

  expect(recipeOf(file)).toEqual({
    request: { prompt: "grün", seed: "9007199254740993", class_label: 3 },
  });
});

test("files without a recipe have none, however they are broken", () => {
  const file = png(text("sluice", '{"request":{}}'));

  expect(recipeOf(Uint8Array.of(1, 2, 3))).toBeNull();
  expect(recipeOf(file.subarray(0, file.length - 6))).toBeNull();
  expect(recipeOf(png(text("sluice", "no JSON")))).toBeNull();
});

test("seeds keep all of their digits", () => {
  expect(parse('{"seed": 9007199254740993, "prompt": "\\"seed\\": 9007199254740993"}')).toEqual({
    seed: "9007199254740993",
    prompt: '"seed": 9007199254740993',
  });
});

const FORK: Recipe = {
  request: { from: { request_id: "w", stage: "PRIOR" }, denoiser: { steps: 5 }, seed: "8" },
  origin: { request: { prompt: "a star", seed: "7", prior: { steps: 15 } }, image: "abc" },
};

test("a fork is called as what it came of, and asks for all of it", () => {
  expect(words(FORK)).toBe("a star");
  expect(wholeRequest(FORK)).toEqual({
    prompt: "a star",
    seed: "8",
    prior: { steps: 15 },
    denoiser: { steps: 5 },
  });
  expect(missing(FORK)).toEqual(["image"]);
  expect(facts(FORK)).toContainEqual(["Steps", "5"]);
});

test("the form of a recipe is empty where the model's own is meant", () => {
  const recipe = { request: { ...unclip.usual, prompt: "a star", seed: "7", width: 64, height: 64 } };

  expect(ofRecipe(recipe, unclip)).toEqual({ ...NO_SETTINGS, prompt: "a star", seed: "7" });
});

test("the request of a form leaves out what is empty", () => {
  expect(toRequest({ ...NO_SETTINGS, prompt: " a star " }, unclip)).toEqual({
    prompt: "a star",
    n: 1,
    previews: 8,
    keep: ["PRIOR", "DENOISER"],
  });
});
