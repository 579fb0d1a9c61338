import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { type Server, startServer } from "./server.ts";

export { expect };

type Fixtures = {
  /** Messages of the browser's console and uncaught errors that a test expects, by their text. */
  expectedMessages: RegExp[];
};
type WorkerFixtures = {
  /** One server with the sample registry for all tests of a worker. */
  server: Server;
};

/**
 * The test function of all browser tests. A test fails when the page writes anything to the console
 * or throws: that is how a hydration that does not fit, or a refused script, shows itself.
 */
export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ server }, use) => use(server.origin),
  expectedMessages: async ({}, use) => use([]),
  page: async ({ page, expectedMessages, javaScriptEnabled }, use) => {
    // Without script nothing ever asks for the wasm that the page preloads.
    const expected = javaScriptEnabled === false ? [...expectedMessages, /preloaded using link preload/] : expectedMessages;
    const messages: string[] = [];
    page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => messages.push(`error: ${error.stack ?? error.message}`));
    await use(page);
    const unexpected = messages.filter((text) => !expected.some((pattern) => pattern.test(text)));
    expect(unexpected, "messages in the browser's console").toEqual([]);
  },
});

/** Waits until the script has taken over the page; at once where script is off. */
export async function hydrated(page: Page, javaScriptEnabled: boolean | undefined): Promise<void> {
  if (javaScriptEnabled === false) return;
  await page.waitForFunction(() => document.documentElement.dataset["hydrated"] !== undefined);
}

/** Everything that axe finds wrong. It is a script itself, so it needs a page with script. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const results = await new AxeBuilder({ page }).analyze();
  return results.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(" ")} (${violation.help})`),
  );
}
