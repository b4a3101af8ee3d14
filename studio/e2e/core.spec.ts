import { expect, test } from "@playwright/test";
import { expectAccessible, generate, openPicture, openStudio, picture, shot } from "./page";

// Enough not to be over before it is looked at, on any machine.
const MOST_STEPS = "1000";
const MOST_PICTURES = "6";

test("words become a picture, with progress on the way", async ({ page }) => {
  const problems: string[] = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  await openStudio(page);

  await generate(page, "a large red circle");

  await expect(page.getByRole("progressbar")).toBeVisible();
  await expect(picture(page, "a large red circle")).toBeVisible();
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  expect(
    await picture(page, "a large red circle").evaluate((img: HTMLImageElement) => img.naturalWidth),
  ).toBe(64);
  await expectAccessible(page);
  await shot(page, "gallery");
  expect(problems).toEqual([]);
});

test("the page is its own: nothing of other servers, and nobody's frame", async ({ page }) => {
  const response = await page.goto("/");
  const policy = response!.headers()["content-security-policy"];

  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe");
  const hosts = new Set<string>();
  page.on("request", (request) => hosts.add(new URL(request.url()).protocol + new URL(request.url()).host));
  await page.reload();
  await openStudio(page);
  expect([...hosts].filter((host) => host !== "data:" && !host.includes(new URL(page.url()).host))).toEqual([]);
});

test("a page that is opened again finds what is under way, and can end it", async ({ page }) => {
  await openStudio(page);
  await page.getByText("Settings", { exact: true }).click();
  await page.getByRole("textbox", { name: "Steps", exact: true }).fill(MOST_STEPS);
  await page.getByRole("textbox", { name: "Pictures", exact: true }).fill(MOST_PICTURES);
  await generate(page, "a small yellow star");
  await generate(page, "a small green triangle");
  const running = page.getByRole("region", { name: "Under way" });
  await expect(running.getByText("Denoising, step")).not.toHaveCount(0);
  await expect(running.locator(".job-pictures img").first()).toBeVisible();

  await page.reload();

  await expect(running.getByRole("progressbar")).toHaveCount(2);
  await expect(running.getByText("Denoising, step")).not.toHaveCount(0);
  await expect(page.getByRole("textbox", { name: "Prompt", exact: true })).toHaveValue(
    "a small green triangle",
  );
  await expectAccessible(page);
  await shot(page, "running");
  await running.getByRole("button", { name: "Cancel a small yellow star" }).click();
  await expect(running.getByRole("progressbar")).toHaveCount(1);
  await running.getByRole("button", { name: "Cancel a small green triangle" }).click();
  await expect(running).toHaveCount(0);
});

test("what cannot be made is told in words", async ({ page }) => {
  await openStudio(page);
  await page.getByText("Settings", { exact: true }).click();
  await page.getByRole("textbox", { name: "Size", exact: true }).fill("63x63");
  await generate(page, "a red circle");

  await expect(page.getByRole("alert")).toContainText("64");
});

test("keys are enough", async ({ page }) => {
  await openStudio(page);
  await page.getByRole("textbox", { name: "Prompt", exact: true }).focus();
  await page.keyboard.type("a blue square on black");
  await page.keyboard.press("Enter");
  const made = picture(page, "a blue square on black");
  await expect(made).toBeVisible();
  await made.locator("xpath=..").focus();
  await page.keyboard.press("Enter");

  const dialog = page.getByRole("dialog", { name: "Picture: a blue square on black" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("pictures are found by their words, and starred", async ({ page }) => {
  await openStudio(page);
  await generate(page, "a gray background");
  await expect(picture(page, "a gray background")).toBeVisible();
  await page.getByRole("button", { name: "Star a gray background" }).first().click();

  await page.getByRole("searchbox", { name: "Search pictures" }).fill("background gray");
  await expect(picture(page, "a gray background")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search pictures" }).fill("no such words");
  await expect(page.getByText("No picture here is like that.")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search pictures" }).fill("");
  await page.reload();
  await page.getByRole("checkbox", { name: "Starred" }).check();
  await expect(page.locator(".card")).toHaveCount(1);
});

test("it is as good in the dark and on a phone", async ({ browser }) => {
  const context = await browser.newContext({
    colorScheme: "dark",
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  const page = await context.newPage();
  await openStudio(page);
  await generate(page, "a green star");
  await expect(picture(page, "a green star")).toBeVisible();

  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await shot(page, "phone-dark");
  const dialog = await openPicture(page, "a green star");
  await expect(dialog.getByRole("button", { name: "Vary" })).toBeVisible();
  await expectAccessible(page);
  await shot(page, "phone-dark-picture");
  await context.close();
});

test("the cluster shows who works and how much waits", async ({ page }) => {
  await openStudio(page);
  await page.getByRole("button", { name: "Cluster" }).click();

  const dialog = page.getByRole("dialog", { name: "Cluster" });
  const denoiser = dialog.getByRole("region", { name: "Denoiser" });
  await expect(denoiser.getByRole("row")).toHaveCount(2);
  await expect(denoiser.getByRole("cell", { name: "ready", exact: true })).toBeVisible();
  await expect(denoiser.getByText("0 waiting")).toBeVisible();
  await expectAccessible(page);
  await shot(page, "cluster");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});
