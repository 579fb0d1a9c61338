// Does on the sample's pages what readers do, in Chromium with a processor four times slower, and prints as JSON for each
// the milliseconds from the input to the next paint: the longest of the events that belong to it (Event Timing's duration,
// as Interaction to Next Paint takes it; it comes in steps of 8 ms).
//
// node benches/browser/interaction.mjs ORIGIN
import { launch, open } from "./chromium.mjs";

const [origin] = process.argv.slice(2);
const SETTLED_MS = 600;

const INTERACTIONS = {
  filter: { path: "/payments/api", act: (page) => page.locator("#filter").press("1") },
  tab: { path: "/payments/api:1.10.1", act: (page) => page.locator(".tabs a").nth(1).click({ noWaitAfter: true }) },
  platform: {
    path: "/payments/api:1.10.1",
    act: (page) => page.locator("a.platform:not([aria-current])").first().click({ noWaitAfter: true }),
  },
  theme: { path: "/payments/api:1.10.1", act: (page) => page.locator("[data-theme-switch]").first().click() },
};

const browser = await launch();
const measured = {};
try {
  for (const [name, { path, act }] of Object.entries(INTERACTIONS)) {
    const page = await open(browser, { slowProcessor: true });
    // What a page saw must outlive it: a link leads to another one.
    const durations = [];
    await page.exposeBinding("seen", (_, duration) => durations.push(duration));
    await page.addInitScript(() => {
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (entry.interactionId > 0) globalThis.seen(entry.duration);
      });
      observer.observe({ type: "event", durationThreshold: 16, buffered: true });
    });
    await page.goto(origin + path, { waitUntil: "load" });
    await page.waitForFunction(() => document.documentElement.dataset.hydrated !== undefined);
    await page.waitForTimeout(SETTLED_MS);
    durations.length = 0;
    await act(page);
    await page.waitForTimeout(SETTLED_MS);
    // Nothing is reported of what took less than the threshold.
    measured[name] = Math.max(16, ...durations);
    await page.close();
  }
  console.log(JSON.stringify(measured));
} finally {
  await browser.close();
}
