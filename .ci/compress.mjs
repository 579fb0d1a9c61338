// Puts a brotli and a gzip variant beside every file of the site that gets smaller by it, and removes
// what browsers never ask for.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const MODES = [constants.BROTLI_MODE_GENERIC, constants.BROTLI_MODE_TEXT, constants.BROTLI_MODE_FONT];
const brotli = (bytes, mode) =>
  brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_MODE]: mode,
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });

const site = process.argv[2];
for (const entry of readdirSync(site, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = join(entry.parentPath, entry.name);
  if (/\.(d\.ts|br|gz)$/.test(entry.name)) {
    rmSync(file);
    continue;
  }
  const bytes = readFileSync(file);
  const variants = {
    // Which mode fits best is not what their names say: wasm gets smallest by the one for fonts.
    br: MODES.map((mode) => brotli(bytes, mode)).reduce((one, other) => (other.length < one.length ? other : one)),
    gz: gzipSync(bytes, { level: 9 }),
  };
  for (const [suffix, compressed] of Object.entries(variants)) {
    // A few saved bytes are not worth a variant: fonts are compressed already.
    if (compressed.length < bytes.length * 0.95) writeFileSync(`${file}.${suffix}`, compressed);
  }
}
