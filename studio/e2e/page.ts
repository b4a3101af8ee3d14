import { expect, type Page } from "@playwright/test";
import axe from "axe-core";

/** Words and seeds of their own: all tests share one instance, which may be older than they are. */
export const SEED = () => String(Math.floor(Math.random() * 2 ** 31));

export async function openStudio(page: Page) {
  await page.goto("/");
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  await expect(page.getByRole("combobox", { name: "Model" })).not.toHaveValue("");
}

export async function generate(page: Page, prompt: string, seed = SEED()) {
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(prompt);
  await setting(page, "Seed", seed);
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  return seed;
}

export async function setting(page: Page, name: string, value: string) {
  await unfold(page, "Settings");
  await page.getByRole("complementary").getByRole("textbox", { name, exact: true }).fill(value);
}

export async function unfold(page: Page, name: string) {
  const details = page.locator("details", {
    has: page.locator(`:scope > summary:text-is("${name}")`),
  });
  if ((await details.getAttribute("open")) === null) {
    await details.locator("summary").click();
  }
}

/** The first picture of that name in the gallery. */
export const picture = (page: Page, name: string) =>
  page.getByRole("region", { name: "Pictures", exact: true }).getByRole("img", { name }).first();

export async function openPicture(page: Page, name: string) {
  await picture(page, name).click();
  return page.getByRole("dialog", { name: `Picture: ${name}` });
}

/** Nothing of what axe finds by itself is tolerated. */
export async function expectAccessible(page: Page) {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    // @ts-expect-error put there by the line above
    const found = await window.axe.run();
    return found.violations.map(
      (violation: { id: string; nodes: { html: string }[] }) =>
        `${violation.id}: ${violation.nodes.map((node) => node.html).join("\n")}`,
    );
  });
  expect(violations).toEqual([]);
}

/** Pictures for people to look at, where they are asked for. */
export async function shot(page: Page, name: string) {
  if (process.env.SHOTS) {
    await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
  }
}
