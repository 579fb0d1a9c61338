// Chromium as the measurements use it: fast, or as a slow phone.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../end2end/package.json", import.meta.url));
const { chromium } = require("@playwright/test");

/** Chromium's own picture of a slow phone's network: 150 ms of latency, 1.6 Mbit/s. */
const SLOW_NETWORK = { latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750, offline: false };
const SLOWER_PROCESSOR = 4;

/** The installed browser, where there is one besides Playwright's own. */
export const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => path && existsSync(path),
);

/** Its arguments: as root it cannot have its sandbox. */
export const browserArguments = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

export const launch = () => chromium.launch({ ...(executablePath ? { executablePath } : {}), args: browserArguments });

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const DESK = { viewport: { width: 1280, height: 900 } };

/** An empty page. `phone` is a phone's screen, `slowNetwork` and `slowProcessor` are what they say. */
export async function open(browser, { phone = false, slowNetwork = false, slowProcessor = false } = {}) {
  const page = await browser.newPage(phone ? PHONE : DESK);
  if (slowNetwork || slowProcessor) {
    const session = await page.context().newCDPSession(page);
    if (slowNetwork) {
      await session.send("Network.enable");
      await session.send("Network.emulateNetworkConditions", SLOW_NETWORK);
    }
    if (slowProcessor) await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER_PROCESSOR });
  }
  return page;
}
