import { HARM } from "../support/hostile.ts";
import { expect, hydrated, test } from "../support/test.ts";

// One of the pages is of a tag that is not there.
test.use({ site: "hostile", expectedMessages: [/status of 404/] });

/** Pages, and texts that each of them shows. */
const PAGES: readonly (readonly [string, readonly string[]])[] = [
  ["/", []],
  ["/hostile", []],
  ["/hostile:1", ["COPY ", "run", "url", "step-comment"]],
  ["/hostile:1?as=dockerfile", ["run"]],
  ["/hostile:1/-/config", ["user", "env", "label-key", "label-value", "entrypoint", "command", "folder"]],
  ["/hostile:1/-/raw", []],
  ["/hostile:index", ["os", "other"]],
  ["/hostile:none", ["CODE", "message"]],
  ["/-/compare?from=hostile:1&to=hostile:2", []],
  ["/-/compare?from=hostile:1&to=hostile:2&view=config", []],
  ["/-/compare?from=hostile:1&to=hostile:2&view=history", []],
  ["/-/registry", []],
];

// Threats V-1 and V-2, once more in a browser: what the server wrote, and what the script made of it after it took over.
test("no script of a registry runs, and its texts stay text", async ({ page }) => {
  await page.addInitScript(() => {
    Object.assign(window, { harmed: 0, harm: () => Object.assign(window, { harmed: 1 }) });
  });
  for (const [address, shown] of PAGES) {
    await page.goto(address);
    await hydrated(page);
    // Everything that opens is opened, and covered texts are uncovered: islands draw them anew.
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
    for (const button of await page.locator("main button:visible").all()) await button.click({ timeout: 2_000 }).catch(() => {});
    const found = await page.evaluate(() => ({
      harmed: Reflect.get(window, "harmed"),
      elements: document.querySelectorAll("xss7, img[onerror], script:not([nonce])").length,
      handlers: [...document.querySelectorAll("*")].filter((element) =>
        [...element.attributes].some((attribute) => attribute.name.startsWith("on") || attribute.value.startsWith("javascript:")),
      ).length,
      text: document.body.innerText + document.body.textContent,
    }));
    expect({ ...found, text: "" }, address).toEqual({ harmed: 0, elements: 0, handlers: 0, text: "" });
    for (const field of shown) expect(found.text, `${address} shows ${field}`).toContain(`${field}${HARM.slice(0, 20)}`);
  }
});
