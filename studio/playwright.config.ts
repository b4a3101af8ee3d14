import { defineConfig } from "@playwright/test";
import { existsSync } from "node:fs";

// Debian's browser, no download of another one.
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);

export default defineConfig({
  testDir: "e2e",
  outputDir: "target/e2e",
  // One instance on few cores: one after the other.
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 90_000 },
  reporter: "list",
  use: {
    baseURL: process.env.SLUICE ?? "http://127.0.0.1:8080",
    launchOptions: { executablePath: chromium, args: ["--no-sandbox"] },
    viewport: { width: 1280, height: 860 },
    trace: "retain-on-failure",
  },
});
