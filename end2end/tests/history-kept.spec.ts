import { launchOptions } from "../support/browser.ts";
import { historyTests } from "../support/history.ts";
import { test } from "../support/test.ts";

// Chromium keeps left pages for Back and Forward; Playwright switches that off unless told otherwise.
test.use({ launchOptions: { ...launchOptions(), ignoreDefaultArgs: ["--disable-back-forward-cache"] } });

historyTests();
