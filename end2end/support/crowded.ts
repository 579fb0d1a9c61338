import { createHash } from "node:crypto";
import { type Answer, type Registry, json, serve } from "./registry.ts";

type Descriptor = { readonly mediaType: string; readonly digest: string; readonly size: number };

const IMAGE = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

// More than are filled at once, and few enough for the accessibility check to go through them all in time.
const TAGS = 300;
const PLATFORMS = 40;
const LAYERS = 100;

/** The longest tag that there can be. */
export const LONG_TAG = "0.0.1-a-tag-of-128-characters-".padEnd(128, "x");

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/**
 * Starts a registry of extremes: more tags, platforms and layers than fit on a page, and texts that are too long for it.
 */
export async function startCrowdedRegistry(): Promise<Registry> {
  return serve(crowded());
}

/** What it answers, by everything that it holds. */
function crowded(): (path: string) => Answer {
  const documents = new Map<string, Answer>();
  const tags = new Map<string, Map<string, string>>();
  const keep = (mediaType: string, value: object): Descriptor => {
    const body = JSON.stringify(value);
    const digest = digestOf(body);
    documents.set(digest, { status: 200, body, digest, mediaType });
    return { mediaType, digest, size: Buffer.byteLength(body) };
  };
  const tag = (repository: string, name: string, digest: string): void => {
    const named = tags.get(repository) ?? new Map<string, string>();
    tags.set(repository, named.set(name, digest));
  };
  const image = (seed: string, platform: object, layers: readonly Descriptor[], steps: readonly string[]): Descriptor => {
    const config = keep(CONFIG, {
      ...platform,
      created: "2026-05-01T10:00:00Z",
      config: { Cmd: ["run", seed] },
      rootfs: { type: "layers", diff_ids: layers.map((layer) => digestOf(`diff ${layer.digest}`)) },
      history: steps.map((step, position) => ({
        created: "2026-05-01T10:00:00Z",
        created_by: step,
        empty_layer: position >= layers.length,
      })),
    });
    return keep(IMAGE, { schemaVersion: 2, mediaType: IMAGE, config, layers });
  };
  const layer = (seed: string, size: number): Descriptor => ({ mediaType: LAYER, digest: digestOf(seed), size });
  const amd64 = { os: "linux", architecture: "amd64" };

  const base = layer("base", 28_000_000);
  for (let number = 0; number < TAGS; number += 1) {
    const layers = [base, layer(`layer ${number}`, 1_000_000 + number * 9_999)];
    const manifest = image(`${number}`, amd64, layers, ["ADD base.tar / # buildkit", "COPY app / # buildkit"]);
    tag("crowded/tags", `1.${Math.floor(number / 10)}.${number % 10}`, manifest.digest);
    if (number === 0) tag("crowded/tags", LONG_TAG, manifest.digest);
  }

  const nightly = image("nightly", amd64, [base], ["ADD base.tar / # buildkit"]);
  for (let number = 0; number < TAGS; number += 1) tag("crowded/nightly", `2.${Math.floor(number / 10)}.${number % 10}`, nightly.digest);

  const entries = Array.from({ length: PLATFORMS }, (_, number) => {
    const platform = { os: "linux", architecture: `riscv${number}`, variant: `v${number % 4}` };
    return { ...image(`platform ${number}`, platform, [base], ["ADD base.tar / # buildkit"]), platform };
  });
  tag("crowded/platforms", "latest", keep(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests: entries }).digest);

  const layers = Array.from({ length: LAYERS }, (_, number) => layer(`step ${number}`, 10 ** (1 + (number % 8)) + number));
  const commands = layers.map((_, number) => `RUN /bin/sh -c ${`make part-${number} && `.repeat(1 + (number % 30))}true # buildkit`);
  tag("crowded/layers", "latest", image("layers", amd64, layers, [...commands, 'CMD ["run"]']).digest);

  const nothing = json(404, { errors: [{ code: "NAME_UNKNOWN", message: "no such thing" }] });
  return (path) => {
    if (path === "/v2/") return json(200, {});
    if (path === "/v2/_catalog") return json(200, { repositories: [...tags.keys()].sort() });
    const [, repository = "", kind, name = ""] = /^\/v2\/(.+)\/(tags|manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
    const named = tags.get(repository);
    if (named === undefined) return nothing;
    if (kind === "tags") return json(200, { name: repository, tags: [...named.keys()].sort() });
    return documents.get(named.get(name) ?? name) ?? nothing;
  };
}
