// Lets the book be read, and its Python run, without a network. Pages come from the network
// while there is one; Python's files, whose names change with their content, from the cache.

import { fault, misfit, nameOf } from "./fetching";

/** Put before this script by the build: changes with any file of the site. */
declare const SITE: { version: string; files: string[] };
interface Extendable extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface FetchEvent extends Extendable {
  request: Request;
  respondWith(response: Promise<Response>): void;
}
interface MessageToWorker extends Extendable {
  data: "keep pages" | "keep all";
  source: { postMessage(message: unknown): void };
}
declare const self: {
  registration: { scope: string };
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  addEventListener(type: "message", listener: (event: MessageToWorker) => void): void;
};

const pages = `neurocore pages ${SITE.version}`;
const packages = `neurocore Python ${PYTHON?.version}`;
const home = `${self.registration.scope}_static/pyodide/`;

self.addEventListener("install", () => void self.skipWaiting());

self.addEventListener("activate", (event) =>
  event.waitUntil(
    (async () => {
      await self.clients.claim(); // first, or the old worker would open its cache again
      const old = (await caches.keys()).filter(
        (name) => name.startsWith("neurocore ") && name !== pages && name !== packages,
      );
      await Promise.all(old.map((name) => caches.delete(name)));
    })(),
  ),
);

/** Keep an answer, unless it is not what it should be: an error page must never stick. */
async function keepAnswer(
  cache: Cache,
  request: Request | string,
  response: Response,
): Promise<void> {
  const address = typeof request === "string" ? request : request.url;
  // An address that ends in a folder is a page.
  const name = nameOf(address) || "index.html";
  const wrong =
    fault(name, response) ||
    (address.startsWith(home) &&
      misfit(name, (await response.clone().arrayBuffer()).byteLength, PYTHON?.files[name]));
  if (wrong) throw new Error(wrong);
  await cache.put(request, response);
}
/** The same in passing: a full disk or a bad answer is no reason to hold anything up. */
function keepInPassing(
  event: Extendable,
  cache: Cache,
  request: Request,
  response: Response,
): void {
  event.waitUntil(keepAnswer(cache, request, response.clone()).catch(() => {}));
}
const open = (name: string) => caches.open(name).catch(() => undefined); // no room at all

async function fromNetwork(event: FetchEvent): Promise<Response> {
  const { request } = event;
  const cache = await open(pages);
  try {
    const response = await fetch(request);
    if (cache && response.status === 200) keepInPassing(event, cache, request, response);
    return response;
  } catch (error) {
    const kept = await cache?.match(request, { ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
    if (request.mode !== "navigate") throw error;
    const words =
      "<!doctype html><meta charset=utf-8><title>Not kept</title><p>There is no network, and this page is not kept for reading without one.";
    return new Response(words, { status: 503, headers: { "Content-Type": "text/html" } });
  }
}

async function fromCache(event: FetchEvent): Promise<Response> {
  const { request } = event;
  const cache = await open(packages);
  // Who asks past every cache has had a bad answer.
  const kept =
    request.cache === "reload" ? undefined : await cache?.match(request, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (cache && response.status === 200) keepInPassing(event, cache, request, response);
  return response;
}
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) return;
  event.respondWith(request.url.startsWith(home) ? fromCache(event) : fromNetwork(event));
});

async function keep(name: string, files: string[], tell: (left: number) => void): Promise<void> {
  const cache = await caches.open(name);
  let left = files.length;
  for (const file of files) {
    const address = new URL(file, self.registration.scope).href;
    if (!(await cache.match(address, { ignoreVary: true })))
      await keepAnswer(cache, address, await fetch(address));
    tell(--left);
  }
}

self.addEventListener("message", (event) =>
  event.waitUntil(
    (async () => {
      const python =
        event.data === "keep all" && PYTHON
          ? Object.keys(PYTHON.files).map(
              (file) =>
                `_static/pyodide/${file}${/lock.json$|^pyodide.js$/.test(file) ? `?v=${PYTHON.version}` : ""}`,
            )
          : [];
      const all = SITE.files.length + python.length;
      const tell = (left: number) => event.source.postMessage({ kept: all - left, all });
      try {
        await keep(pages, SITE.files, (left) => tell(left + python.length));
        await keep(packages, python, tell);
      } catch (error) {
        const { name, message } = error as Error;
        const reason =
          name === "QuotaExceededError"
            ? "This browser has no room for the book"
            : name === "TypeError"
              ? "The network failed"
              : `It cannot be kept: ${message}`;
        event.source.postMessage({ kept: 0, all: 0, reason });
      }
    })(),
  ),
);
