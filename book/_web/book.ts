// Wakes the labs of a static page, each with the state that the build left beside it,
// and fetches the live cells' script where there are live cells.

import lab from "@neurocore/lab";
import { PATIENCE, whyNot } from "./fetching";
import { offline } from "./offline";

// The theme opens its search on Ctrl+K wherever the reader is. Where keys have a use of their own it keeps still;
// this script runs before the theme listens.
addEventListener(
  "keydown",
  (event) => {
    const place =
      event.target instanceof Element &&
      event.target.closest("input, select, textarea, [contenteditable], .nc-root");
    if (
      place &&
      !place.matches("[name=q]") &&
      (event.ctrlKey || event.metaKey) &&
      /^k$/i.test(event.key)
    )
      event.stopImmediatePropagation();
  },
  true,
);

let answer: Answer | undefined;
const live = new Set<() => void>();

// What anywidget hands to a front end; here Python may come and go.
interface State {
  spec: { function: string };
  settings: Record<string, number>;
  frame?: Packed;
  live?: boolean;
}
function model(state: State, root: HTMLElement) {
  const listeners: Record<string, (() => void)[]> = {};
  const tell = (event: string) => listeners[event]?.forEach((callback) => callback());
  let asking = false;
  let again = false;
  const ask = async () => {
    again = asking;
    if (asking) return;
    asking = true;
    const { settings } = state;
    try {
      if (!answer) throw new Error("it has stopped; any cell starts it again");
      state.frame = await answer(state.spec.function, settings);
    } catch (error) {
      // the lab says so
      state.frame = { settings, error: (error as Error).message };
    }
    asking = false;
    if (again) void ask();
    tell("change:frame");
  };
  const update = () => {
    if (!root.isConnected) return live.delete(update); // its cell has run again
    state.live = answer !== undefined;
    tell("change:live");
  };
  live.add(update);
  state.live = answer !== undefined;
  return {
    get: (name: string) => state[name as keyof State],
    set: (name: string, value: unknown) => Object.assign(state, { [name]: value }),
    on: (event: string, callback: () => void) => {
      (listeners[event] ??= []).push(callback);
    },
    off: (event: string, callback: () => void) => {
      listeners[event] = listeners[event]?.filter((other) => other !== callback);
    },
    save_changes: () => void ask(),
  };
}

async function wake(root: HTMLElement): Promise<void> {
  const state = JSON.parse(root.querySelector(".nc-state")!.textContent) as State;
  // In a live cell Python has left the first frame instead of a table.
  if (typeof state.frame?.data === "string")
    state.frame.data = Uint8Array.from(atob(state.frame.data), (c) => c.charCodeAt(0));
  await lab.render({ model: model(state, root), el: root });
}

window.labs = {
  wake: (root) => void wake(root),
  answer(now) {
    answer = now;
    live.forEach((update) => update());
  },
};

const roots = [...document.querySelectorAll<HTMLElement>(".nc-root")];
// What is in sight first; the rest when the browser has a moment.
const inSight = (root: HTMLElement) => root.getBoundingClientRect().top < innerHeight;
roots.filter(inSight).forEach((root) => void wake(root));
const rest = roots.filter((root) => !inSight(root));
const later = (callback: () => void) =>
  "requestIdleCallback" in self ? requestIdleCallback(callback) : setTimeout(callback, 50);
const script = (document.currentScript as HTMLScriptElement).src;
const liveCells = location.pathname.includes("/exercises/") ? "div.cell" : "div.cell.tag_live";
const python = PYTHON && location.protocol.startsWith("http");
const address = (name: string, search = "") =>
  new URL(`${name}?v=${VERSION}${search}`, script).href;

/** Say at the foot of the page what is wrong; the reader may try again. */
let told: HTMLElement | undefined;
function say(words: string, again: () => void): void {
  told?.remove();
  const line = (told = document.createElement("div"));
  const button = document.createElement("button");
  line.className = "live-progress live-trouble";
  line.setAttribute("role", "status");
  button.type = "button";
  button.textContent = "Try again";
  button.addEventListener("click", () => {
    line.remove();
    again();
  });
  line.append(`${words} `, button);
  document.body.append(line);
}

let tries = 0;
async function loadLive(): Promise<void> {
  // Where a module has failed once, a browser may not ask for the same address again.
  const live = address("live.js", tries++ ? `&again=${tries}` : "");
  const again = () => void loadLive().catch(() => {});
  const late = setTimeout(
    () =>
      say(`Nothing has come of live.js for ${PATIENCE / 1000} s: code cannot be run yet.`, again),
    PATIENCE,
  );
  try {
    await import(live);
    told?.remove();
  } catch {
    say(`Code cannot be run: ${await whyNot(live)}.`, again);
    throw new Error("live.js did not load");
  } finally {
    clearTimeout(late);
  }
}
if (PYTHON && !python && document.querySelector(liveCells)) {
  const note = document.createElement("p");
  note.className = "live-note";
  note.textContent =
    "This page was opened as a file, and browsers let no file load Python. Serve the folder (python -m http.server) and open its address, and code can be run here.";
  document.querySelector(liveCells)!.before(note);
}
if (document.querySelector("#search-results")) {
  // Sphinx waits for its index without an end.
  const index = new URL("../searchindex.js", script).href;
  void whyNot(index).then((words) => {
    if (!words.endsWith("did not run"))
      say(`Search does not work: ${words}.`, () => location.reload());
  });
}
const next = () => {
  const root = rest.shift();
  if (root) {
    void wake(root);
    later(next);
  } else if (python && document.querySelector(liveCells)) void loadLive().catch(() => {}); // it has been said
};
later(next);

// Between the stops of a table only Python has answers; a reader may start it from any lab.
if (python)
  roots.forEach((root) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Any setting (loads Python)";
    button.addEventListener("click", () => {
      void loadLive().then(
        () => document.dispatchEvent(new Event("start-python")),
        () => {}, // it has been said
      );
    });
    live.add(() => {
      button.hidden = answer !== undefined;
    });
    root.querySelector(".nc-tools")!.append(button);
  });
if (python) offline(new URL("../service-worker.js", script).href);

// A link to a place in the page: what is above it grows while labs and editors come, so the place
// is kept in sight until the reader moves.
function follow(): void {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1).split("?")[0]));
  if (!place) return;
  const sizes = new ResizeObserver(() => place.scrollIntoView({ behavior: "instant" }));
  sizes.observe(document.body);
  for (const act of ["wheel", "touchstart", "pointerdown", "keydown"])
    addEventListener(act, () => sizes.disconnect(), { once: true, passive: true });
}
// After a reload or a step back the browser finds the reader's own place again.
const [visit] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
if (visit.type === "navigate") follow();
addEventListener("hashchange", follow);

// On paper everything is dark on white, and what is folded is open.
const root = document.documentElement;
let theme: string | undefined;
let folded: HTMLDetailsElement[] = [];
function paper(prints: boolean): void {
  if (prints) {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    folded = [
      ...document.querySelectorAll<HTMLDetailsElement>(
        "details.sd-dropdown:not([open]), .nc-progress details:not([open])",
      ),
    ];
  } else if (theme) root.dataset.theme = theme;
  folded.forEach((fold) => {
    fold.open = prints;
  });
}
matchMedia("print").addEventListener("change", ({ matches }) => paper(matches));
