import { expect, test } from "vitest";
import { choose, isTemplate, lines, PromptProblem } from "../src/logic/prompts";

const LISTS = { colors: ["red", "green"], things: ["a __colors__ ball"], self: ["__self__"] };

test("a choice and a list give a word each, also within words of a list", () => {
  expect(choose("{big|small} __colors__ box", LISTS, () => 0)).toBe("big red box");
  expect(choose("{big|small} __colors__ box", LISTS, () => 0.99)).toBe("small green box");
  expect(choose("__things__", LISTS, () => 0)).toBe("a red ball");
  expect(choose("{a {b|c}|d}", LISTS, () => 0)).toBe("a b");
});

test("a list that is not there, or names itself, is told", () => {
  expect(() => choose("__hats__", LISTS, () => 0)).toThrow(/no word list “hats”.*colors/);
  expect(() => choose("__self__", LISTS, () => 0)).toThrow(PromptProblem);
});

test("texts without choices are no templates", () => {
  expect(isTemplate("a {b} __ c")).toBe(false);
  expect(isTemplate("{a|b}")).toBe(true);
});

test("lines are prompts only where they are said to be", () => {
  expect(lines("a\n\n b ", true)).toEqual(["a", "b"]);
  expect(lines("a\n b ", false)).toEqual(["a\n b"]);
});
