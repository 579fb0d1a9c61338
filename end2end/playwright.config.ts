import { existsSync } from "node:fs";
import { defineConfig, devices } from "@playwright/test";

/** Debian's Chromium, or another one: no browser is downloaded. */
const executablePath = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && path !== "" && existsSync(path));

const wide = { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 900 } };
const narrow = { ...wide, viewport: { width: 390, height: 844 } };

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // Two cores: one for the browser, one for the server.
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  timeout: 30_000,
  reporter: [["list"]],
  use: {
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      // Chromium's sandbox does not start for root.
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
  },
  projects: [
    { name: "wide", use: { ...wide, colorScheme: "light" } },
    { name: "narrow", use: { ...narrow, colorScheme: "light" }, testMatch: /(pages|narrow).*\.spec\.ts/ },
    { name: "dark", use: { ...wide, colorScheme: "dark" }, testMatch: /(pages|dark).*\.spec\.ts/ },
    {
      name: "no-javascript",
      use: { ...wide, javaScriptEnabled: false },
      testMatch: /(pages|no-javascript).*\.spec\.ts/,
    },
  ],
});
