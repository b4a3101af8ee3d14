import { expect, test } from "@playwright/test";
import { readFile } from "node:fs/promises";
import {
  expectAccessible,
  generate,
  openPicture,
  openStudio,
  picture,
  SEED,
  setting,
  shot,
  unfold,
} from "./page";

test("a picture is varied, made again and forked", async ({ page }) => {
  await openStudio(page);
  const prompt = `a large green square ${SEED()}`;
  const seed = await generate(page, prompt);
  await expect(picture(page, prompt)).toBeVisible();
  const first = await picture(page, prompt).getAttribute("src");

  let dialog = await openPicture(page, prompt);
  await expect(dialog.getByText(seed)).toBeVisible();
  await expectAccessible(page);
  await shot(page, "picture");
  await dialog.getByRole("button", { name: "Vary" }).click();
  await expect(picture(page, "variation of a picture")).toBeVisible();

  dialog = await openPicture(page, prompt);
  await dialog.getByRole("button", { name: "Make again" }).click();
  await expect(
    page.getByRole("region", { name: "Pictures", exact: true }).getByRole("img", { name: prompt }),
  ).toHaveCount(2);
  const again = await picture(page, prompt).getAttribute("src");
  expect(again).not.toBe(first);
  expect(await pixels(page, again!)).toEqual(await pixels(page, first!));

  dialog = await openPicture(page, prompt);
  await dialog.getByText("Fork at a stage").click();
  await dialog.getByRole("textbox", { name: "New seed" }).fill("5");
  await dialog.getByRole("button", { name: "Fork" }).click();
  await expect(
    page.getByRole("region", { name: "Pictures", exact: true }).getByRole("img", { name: prompt }),
  ).toHaveCount(3);
  dialog = await openPicture(page, prompt);
  await expect(dialog.getByText("an earlier picture, after its stage prior")).toBeVisible();
});

const pixels = (page: import("@playwright/test").Page, url: string) =>
  page.evaluate(async (address) => {
    const bitmap = await createImageBitmap(await (await fetch(address)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    return [...context.getImageData(0, 0, bitmap.width, bitmap.height).data];
  }, url);

test("a picture that is dropped gives its settings back", async ({ page }) => {
  await openStudio(page);
  const prompt = "a small red star on white";
  await setting(page, "Steps", "7");
  const seed = await generate(page, prompt);
  await expect(picture(page, prompt)).toBeVisible();
  const url = await picture(page, prompt).getAttribute("src");
  await setting(page, "Steps", "");
  await setting(page, "Seed", "");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("");

  await page.evaluate(async (address) => {
    const file = new File([await (await fetch(address)).blob()], "made.png", { type: "image/png" });
    const transfer = new DataTransfer();
    transfer.items.add(file);
    dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, url!);
  await page.getByRole("button", { name: "Use its settings" }).click();

  await expect(page.getByRole("textbox", { name: "Prompt", exact: true })).toHaveValue(prompt);
  await expect(page.getByRole("textbox", { name: "Seed", exact: true })).toHaveValue(seed);
  await expect(page.getByRole("textbox", { name: "Steps", exact: true })).toHaveValue("7");
  await expect(page.getByRole("textbox", { name: "Guidance", exact: true })).toHaveValue("");
});

test("two pictures are compared, and others made between them", async ({ page }) => {
  await openStudio(page);
  await generate(page, "one yellow circle", "11");
  await expect(picture(page, "one yellow circle")).toBeVisible();
  await generate(page, "one blue triangle", "12");
  await expect(picture(page, "one blue triangle")).toBeVisible();
  await page.getByRole("button", { name: "Select one yellow circle" }).first().click();
  await page.getByRole("button", { name: "Select one blue triangle" }).first().click();

  await page.getByRole("button", { name: "Compare" }).click();
  const dialog = page.getByRole("dialog", { name: "Compare two pictures" });
  await expect(dialog.getByRole("row", { name: "Seed 11 12" })).toBeVisible();
  await expectAccessible(page);
  await shot(page, "compare");
  await page.keyboard.press("Escape");
  const between = page
    .getByRole("region", { name: "Pictures", exact: true })
    .getByRole("img", { name: "between two pictures" });
  const before = await between.count();
  await page.getByLabel("Number of pictures from one to the other").fill("3");
  await page.getByRole("button", { name: "Interpolate" }).click();

  await expect(between).toHaveCount(before + 3);
});

test("a part of a picture is painted anew with the brush", async ({ page }) => {
  await openStudio(page);
  const prompt = `a picture to paint over ${SEED()}`;
  await generate(page, prompt);
  await expect(picture(page, prompt)).toBeVisible();
  const before = await picture(page, prompt).getAttribute("src");
  const wanted = `a blue square ${SEED()}`;
  const dialog = await openPicture(page, prompt);

  await dialog.getByRole("button", { name: "Inpaint" }).click();
  const easel = page.getByRole("application", { name: "Picture to paint over" });
  const box = (await easel.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.75, box.y + box.height * 0.2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, box.y + box.height * 0.8, { steps: 6 });
  await page.mouse.up();
  await page.getByRole("textbox", { name: "What shall be there" }).fill(wanted);
  await expectAccessible(page);
  await shot(page, "inpaint");
  await page.getByRole("button", { name: "Paint", exact: true }).click();

  await expect(picture(page, wanted)).toBeVisible();
  const after = await picture(page, wanted).getAttribute("src");
  const [old, painted] = [await pixels(page, before!), await pixels(page, after!)];
  const changed = Array.from({ length: 64 * 64 }, (_, i) => i).filter((i) =>
    [0, 1, 2].some((channel) => old[4 * i + channel] !== painted[4 * i + channel]),
  );
  // The brush is 12 % of the picture wide, around three quarters of its width.
  expect(changed.filter((i) => i % 64 > 44 && i % 64 < 52).length).toBeGreaterThan(50);
  expect(changed.filter((i) => i % 64 < 40 || i % 64 > 56)).toEqual([]);
});

test("a grid makes what its pictures share once", async ({ page }) => {
  await openStudio(page);
  const prompt = "a red triangle for a grid";
  await setting(page, "Seed", "3");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(prompt);
  await unfold(page, "Grid");
  await page.getByRole("combobox", { name: "Across" }).selectOption("Guidance");
  await page.getByRole("textbox", { name: "Values across" }).fill("1, 4");
  await page.getByRole("combobox", { name: "Down" }).selectOption("Finishing steps");
  await page.getByRole("textbox", { name: "Values down" }).fill("3, 7");
  await expect(page.getByText("a grid of 4 pictures")).toBeVisible();

  await page.getByRole("button", { name: "Generate", exact: true }).click();

  const grid = page.getByRole("region", { name: "Grids" });
  await expect(grid.getByText("4 of 4")).toBeVisible();
  await expect(
    grid.getByRole("img", { name: `${prompt} (Guidance 4, Finishing steps 7)` }),
  ).toBeVisible();
  await expectAccessible(page);
  await shot(page, "grid");
  const stages = await page.evaluate(async () => {
    const list = await (await fetch("/v1/generations?limit=4")).json();
    return list.data.map((one: { stages: string[] }) => one.stages.length).sort();
  });
  expect(stages).toEqual([1, 1, 2, 4]);
});

test("word lists and lines make a request each", async ({ page }) => {
  await openStudio(page);
  await page.getByRole("button", { name: "Word lists" }).click();
  const dialog = page.getByRole("dialog", { name: "Word lists" });
  await dialog.getByRole("textbox", { name: "Name of a new list" }).fill("places");
  await dialog.getByRole("button", { name: "Add" }).click();
  await dialog.getByRole("textbox", { name: "places" }).fill("on the left");
  await dialog.getByRole("textbox", { name: "places" }).blur();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  const area = page.getByRole("textbox", { name: "Prompt", exact: true });
  await area.fill("a first circle __places__\na second circle {at|at} the right");
  await page.getByRole("checkbox", { name: "One picture for each line" }).check();

  await page.getByRole("button", { name: "Generate", exact: true }).click();

  await expect(picture(page, "a first circle on the left")).toBeVisible();
  await expect(picture(page, "a second circle at the right")).toBeVisible();
});

test("a picture is saved with its recipe", async ({ page }) => {
  await openStudio(page);
  await generate(page, "a picture to keep");
  const dialog = await openPicture(page, "a picture to keep");
  const download = page.waitForEvent("download");
  await dialog.getByRole("link", { name: "Download" }).click();

  const file = await download;
  expect(file.suggestedFilename()).toBe("a-picture-to-keep.png");
  expect((await readFile(await file.path())).includes("a picture to keep")).toBe(true);
});
