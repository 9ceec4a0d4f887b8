// The page's side of Python: one worker, started when it is first needed.

import { whyNot } from "./fetching";

export type ToWorker =
  | { kind: "start"; progress: string | null }
  | { kind: "run"; cell: number; number: number; source: string; above: string[]; judged: boolean }
  | { kind: "due"; source: string; above: string[]; section: number[] }
  | { kind: "complete"; text: string }
  | { kind: "answer"; function: string; settings: Record<string, number> }
  | { kind: "merge"; text: string }
  | { kind: "progress"; text: string | null; again?: boolean };

/** What Python answers to each. */
interface Replies {
  start: void;
  run: string | undefined; // the name of an error
  due: number[] | undefined;
  complete: string[];
  answer: Packed;
  merge: number | string; // how many marks are new, or what is wrong
  progress: void;
}
type Kind = ToWorker["kind"];
type Message<K extends Kind> = Extract<ToWorker, { kind: K }>;

export type FromWorker =
  | { kind: "loading"; what: string; left: number; total: number; waiting: string }
  | { kind: "running"; cell: number }
  | { kind: "show"; cell: number; form: string; text: string }
  | { kind: "limit"; cell: number; seconds: number; reply: string }
  | { kind: "progress"; text: string; base: string | null }
  | { kind: "progress-aside" }
  | { kind: "done"; id: number; value: unknown }
  | { kind: "failed"; id: number; reason: string; fatal: boolean };

export class Stopped extends Error {}

type State = "off" | "loading" | "ready";
export const KEPT = "neurocore-progress";

// A reader may forbid a page to store anything; the page works all the same.
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
export function store(key: string, text: string | null): boolean {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

/** Where records are that were set aside. */
export function asides(): string[] {
  const keys = [];
  for (let key = `${KEPT}-aside`; recall(key) !== null; key = `${KEPT}-aside-${keys.length + 1}`)
    keys.push(key);
  return keys;
}

/** Move the record to where nothing writes over it. */
export function setAside(): boolean {
  const text = recall(KEPT);
  if (text === null) return true;
  const keys = asides();
  const free = keys.length ? `${KEPT}-aside-${keys.length + 1}` : `${KEPT}-aside`;
  return (keys.some((key) => recall(key) === text) || store(free, text)) && store(KEPT, null);
}

let worker: Worker | undefined;
let starting: Promise<void> | undefined;
let next = 0;
const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
const listeners = new Set<(message: FromWorker) => void>();
const watchers = new Set<(state: State, reason?: string) => void>();
const folder = new URL(
  ".",
  document.querySelector<HTMLScriptElement>("script[src*='book.js']")!.src,
).href;

export const listen = (callback: (message: FromWorker) => void) => listeners.add(callback);
export const watch = (callback: (state: State, reason?: string) => void) => watchers.add(callback);
export let state: State = "off";

function turn(now: State, reason?: string): void {
  state = now;
  watchers.forEach((callback) => callback(now, reason));
}

function send<K extends Kind>(message: Message<K>): Promise<Replies[K]> {
  return new Promise((resolve, reject) => {
    const id = next++;
    waiting.set(id, { resolve: (value) => resolve(value as Replies[K]), reject });
    worker!.postMessage({ id, message });
  });
}

function receive({ data }: MessageEvent<FromWorker>): void {
  if (data.kind === "done" || data.kind === "failed") {
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.kind === "done") call?.resolve(data.value);
    else {
      call?.reject(new Error(data.reason));
      if (data.fatal) stop(new Error(data.reason));
    }
  } else if (data.kind === "progress") {
    // Where another page has written in the meantime, that is taken in first.
    if (recall(KEPT) === data.base) store(KEPT, data.text);
    else send({ kind: "progress", text: recall(KEPT), again: true }).catch(() => {}); // Python has ended
  } else if (data.kind === "progress-aside") setAside();
  listeners.forEach((callback) => callback(data));
}

/** The service worker, if it is there soon: what passes it is kept for when there is no network. */
async function keeper(): Promise<ServiceWorker | null> {
  const { serviceWorker } = navigator;
  if (serviceWorker && !serviceWorker.controller) {
    const arrives = new Promise((resolve) =>
      serviceWorker.addEventListener("controllerchange", resolve, { once: true }),
    );
    await Promise.race([arrives, new Promise((resolve) => setTimeout(resolve, 1000))]);
  }
  return serviceWorker?.controller ?? null;
}

/** Start Python, unless it runs or is about to. */
export function start(): Promise<void> {
  if (starting) return starting;
  const mine = (async () => {
    turn("loading");
    if (typeof WebAssembly !== "object")
      throw new Error("this browser has no WebAssembly, or it is switched off");
    if (typeof Worker !== "function")
      throw new Error("this browser has no web workers, or they are switched off");
    const kept = await keeper();
    // A worker from a blob obeys the page's policy; one from a file would obey none.
    const script = `${folder}worker.js?v=${VERSION}`;
    const code = `self.folder = ${JSON.stringify(folder)}; importScripts(${JSON.stringify(script)});`;
    const now = (worker = new Worker(
      URL.createObjectURL(new Blob([code], { type: "text/javascript" })),
    ));
    worker.onmessage = receive;
    worker.onerror = (event) => {
      event.preventDefault();
      void whyNot(script).then((reason) => {
        if (worker === now) stop(new Error(reason));
      });
    };
    await send({ kind: "start", progress: recall(KEPT) });
    turn("ready");
    setTimeout(() => kept?.postMessage("keep pages"), 3000);
  })();
  starting = mine;
  mine.catch((error: Error) => {
    if (starting === mine) stop(error);
  });
  return mine;
}

/** End the worker, whatever it does. */
export function stop(reason: Error = new Stopped()): void {
  if (worker) worker.onmessage = worker.onerror = null; // what it still has to say is of no use
  worker?.terminate();
  worker = starting = undefined;
  const calls = [...waiting.values()];
  waiting.clear();
  calls.forEach((call) => call.reject(reason));
  turn("off", reason instanceof Stopped ? undefined : reason.message);
}

export async function ask<K extends Kind>(message: Message<K>): Promise<Replies[K]> {
  await start();
  return send(message);
}

/** Tell Python what the record is now. */
export function tell(): void {
  if (worker) send({ kind: "progress", text: recall(KEPT) }).catch(() => {}); // it has ended
}

// Another page of the book may record progress too.
addEventListener("storage", (event) => {
  if (event.key === KEPT || event.key === null) tell();
});
