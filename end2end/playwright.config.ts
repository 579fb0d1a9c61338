import { defineConfig, devices } from "@playwright/test";
import { launchOptions } from "./support/browser.ts";

const wide = { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 900 } };

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // Two cores: one for the browser, one for the server.
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  // What is waited for comes at once on an idle machine; a busy one gets the time that it needs.
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  // A trace of every test makes all of them a third slower: --trace=retain-on-failure writes it where it is wanted.
  use: { screenshot: "only-on-failure", launchOptions: launchOptions() },
  projects: [
    { name: "wide", use: { ...wide, colorScheme: "light" } },
    {
      name: "no-javascript",
      use: { ...wide, javaScriptEnabled: false },
      testMatch: /(pages|no-javascript).*\.spec\.ts/,
    },
  ],
});
