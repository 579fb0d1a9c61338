import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Locator, type Page } from "@playwright/test";
import type { Server } from "./server.ts";
import { type Site, startSite } from "./sites.ts";

export { expect };

type Fixtures = {
  /** Which server a test talks to. */
  site: Site;
  /** Messages of the browser's console and uncaught errors that a test expects, by their text. */
  expectedMessages: RegExp[];
};
type WorkerFixtures = {
  /** The servers of a worker, each started when it is first asked for and kept for its other tests. */
  servers: (site: Site) => Promise<Server>;
};

/**
 * The test function of all browser tests. A test fails when the page writes anything to the console
 * or throws: that is how a hydration that does not fit, or a refused script, shows itself.
 */
export const test = base.extend<Fixtures, WorkerFixtures>({
  servers: [
    async ({}, use) => {
      const started = new Map<Site, Promise<Server>>();
      await use((site) => {
        const server = started.get(site) ?? startSite(site);
        started.set(site, server);
        return server;
      });
      for (const server of started.values()) await (await server).stop();
    },
    { scope: "worker" },
  ],
  site: ["sample", { option: true }],
  baseURL: async ({ servers, site }, use) => {
    if (site !== "own") {
      await use((await servers(site)).origin);
      return;
    }
    const server = await startSite(site);
    await use(server.origin);
    await server.stop();
  },
  expectedMessages: [[], { option: true }],
  page: async ({ page, expectedMessages }, use) => {
    const messages: string[] = [];
    page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => messages.push(`error: ${error.stack ?? error.message}`));
    await use(page);
    const unexpected = messages.filter((text) => !expectedMessages.some((pattern) => pattern.test(text)));
    expect(unexpected, "messages in the browser's console").toEqual([]);
  },
});

/** Waits until the script has taken over the page; at once where script is off. */
export async function hydrated(page: Page, javaScriptEnabled: boolean | undefined = true): Promise<void> {
  if (!javaScriptEnabled) return;
  await page.waitForFunction(() => document.documentElement.dataset["hydrated"] !== undefined);
}

/** Everything that axe finds wrong, by all of its rules or by some. It is a script itself, so it needs a page with script. */
export async function accessibilityFaults(page: Page, rules?: string[]): Promise<string[]> {
  // Its other mode opens a page more each time, to read frames of other origins; there are none.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const results = await (rules === undefined ? axe : axe.withRules(rules)).analyze();
  return results.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(" ")} (${violation.help})`),
  );
}

/** How many pixels of the page lie beyond its right edge. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Presses a copy button. It says for two seconds that it has copied, which a busy machine may miss: the page itself notes it. */
export async function copyBy(button: Locator): Promise<void> {
  const page = button.page();
  const said = page.locator("#said");
  await said.evaluate((status) => {
    new MutationObserver(() => {
      if (status.textContent !== "") status.setAttribute("data-said", status.textContent ?? "");
    }).observe(status, { childList: true });
  });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(said).toHaveAttribute("data-said", "Copied");
  // Then it offers the same again.
  await expect(said).toHaveText("");
  await expect(button).toBeVisible();
}

/** What stands in the clipboard. Pages may not read it: it is pasted into an empty page of its own. */
export async function clipboard(page: Page): Promise<string> {
  const other = await page.context().newPage();
  await other.setContent("<textarea></textarea>");
  const field = other.locator("textarea");
  await field.focus();
  await other.keyboard.press("Control+V");
  const text = await field.inputValue();
  await other.close();
  await page.bringToFront();
  return text;
}

/** Holds the answers to what a page asks, until the returned function is called. */
export async function hold(page: Page, addresses: string): Promise<() => void> {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(addresses, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}
