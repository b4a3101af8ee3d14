// One text can stand for many prompts: a line each, a choice of words {red|green}, words of a list
// by its name __colors__.

export type WordLists = Record<string, string[]>;

export class PromptProblem extends Error {}

const CHOICE = /\{([^{}]*\|[^{}]*)\}/;
const LIST = /__([A-Za-z0-9-]+)__/;

export const isTemplate = (text: string) => CHOICE.test(text) || LIST.test(text);

/** The prompts of a text: one for each line that is not empty, if lines are prompts. */
export function lines(text: string, perLine: boolean): string[] {
  return perLine
    ? text
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "")
    : [text.trim()];
}

/**
 * A prompt with its choices made.
 *
 * @param random 0 to 1, as Math.random
 */
export function choose(text: string, lists: WordLists, random: () => number): string {
  let chosen = text;
  // Words of a list may have choices of their own; a list that names itself comes to an end.
  for (let round = 0; round < 100; round++) {
    const list = LIST.exec(chosen);
    const choice = CHOICE.exec(chosen);
    const found = list ?? choice;
    if (!found) {
      return chosen;
    }
    const words = list ? lists[list[1]!] : choice![1]!.split("|").map((word) => word.trim());
    if (!words || words.length === 0) {
      const known = Object.keys(lists).join(", ");
      throw new PromptProblem(
        `There is no word list “${list![1]}”. ${known ? `There are: ${known}.` : "Add one under Word lists."}`,
      );
    }
    const word = words[Math.min(words.length - 1, Math.floor(random() * words.length))]!;
    chosen =
      chosen.slice(0, found.index) + word + chosen.slice(found.index + found[0].length);
  }
  throw new PromptProblem("The word lists name each other without end.");
}

/** Texts of a word list, as they are typed: one a line. */
export const toWords = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
