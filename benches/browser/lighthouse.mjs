// Asks Lighthouse about pages, as it does by itself: a phone, with its simulated slow network and processor. Prints as JSON
// the four scores of each page, in the order of the addresses.
//
// node benches/browser/lighthouse.mjs URL...
import { createRequire } from "node:module";
import { browserArguments, executablePath } from "./chromium.mjs";

const require = createRequire(new URL("../package.json", import.meta.url));
const { default: lighthouse } = await import(require.resolve("lighthouse"));
const { launch } = await import(require.resolve("chrome-launcher"));

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];

const chrome = await launch({
  ...(executablePath ? { chromePath: executablePath } : {}),
  chromeFlags: ["--headless=new", ...browserArguments],
});
try {
  const pages = [];
  for (const url of process.argv.slice(2)) {
    const { lhr } = await lighthouse(url, { port: chrome.port, output: "json", logLevel: "error", onlyCategories: CATEGORIES });
    const score = (category) => Math.round((lhr.categories[category].score ?? 0) * 100);
    const faults = Object.values(lhr.audits).filter(
      (audit) => audit.score !== null && audit.score < 0.9 && audit.scoreDisplayMode !== "informative",
    );
    // What it found goes where a person sees it, the scores where the bench reads them.
    for (const audit of faults) console.error(`${url}: ${audit.id} ${audit.score} ${audit.displayValue ?? ""}`);
    pages.push(CATEGORIES.map(score));
  }
  console.log(JSON.stringify(pages));
} finally {
  chrome.kill();
}
