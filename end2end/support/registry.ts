import { once } from "node:events";
import { createServer } from "node:http";

/** A registry that answers as a test wants. */
export type Registry = { readonly origin: string; stop(): void };

/** What it answers. */
export type Answer = { readonly status: number; readonly body: string; readonly mediaType: string; readonly digest?: string };

/** Starts one on a free port of the loopback interface. Each answer has these headers besides. */
export async function serve(answer: (path: string) => Answer, headers: Record<string, string> = {}): Promise<Registry> {
  const server = createServer((request, response) => {
    const { status, body, mediaType, digest } = answer(new URL(request.url ?? "/", "http://registry").pathname);
    response.writeHead(status, {
      "content-type": mediaType,
      "content-length": Buffer.byteLength(body),
      ...headers,
      ...(digest === undefined ? {} : { "docker-content-digest": digest }),
    });
    response.end(request.method === "HEAD" ? undefined : body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** An answer of JSON. */
export const json = (status: number, value: object): Answer => ({
  status,
  body: JSON.stringify(value),
  mediaType: "application/json",
});
