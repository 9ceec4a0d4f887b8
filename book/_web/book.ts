// Wakes the labs of a static page, each with the state that the build left beside it,
// and fetches the live cells' script where there are live cells.

import lab from "@neurocore/lab";
import { offline } from "./offline";

let answer: Answer | undefined;
const live = new Set<() => void>();

// What anywidget hands to a front end; here Python may come and go.
function model(state: Record<string, any>) {
  const listeners: Record<string, (() => void)[]> = {};
  const tell = (event: string) => listeners[event]?.forEach((callback) => callback());
  let asking = false;
  let again = false;
  const ask = async () => {
    again = asking;
    if (asking || !answer) return;
    asking = true;
    try {
      state.frame = await answer(state.spec.function, state.settings);
      tell("change:frame");
    } catch { // stopped, or no answer at these settings: the table's stands
    } finally {
      asking = false;
      if (again) void ask();
    }
  };
  live.add(() => {
    state.live = answer !== undefined;
    tell("change:live");
  });
  state.live = answer !== undefined;
  return {
    get: (name: string) => state[name],
    set: (name: string, value: unknown) => { state[name] = value; },
    on: (event: string, callback: () => void) => { (listeners[event] ??= []).push(callback); },
    off: (event: string, callback: () => void) => { listeners[event] = listeners[event]?.filter((other) => other !== callback); },
    save_changes: () => void ask(),
  };
}

async function wake(root: HTMLElement): Promise<void> {
  const state = JSON.parse(root.querySelector(".nc-state")!.textContent!);
  if (!state.table) state.frame = await answer!(state.spec.function, state.settings);
  await lab.render({ model: model(state), el: root });
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
const later = self.requestIdleCallback ?? ((callback: () => void) => setTimeout(callback, 50));
const script = (document.currentScript as HTMLScriptElement).src;
const liveCells = location.pathname.includes("/exercises/") ? "div.cell" : "div.cell.tag_live";
const python = PYTHON && location.protocol.startsWith("http");
const loadLive = () => import(new URL(`live.js?v=${VERSION}`, script).href);
const next = () => {
  const root = rest.shift();
  if (root) {
    void wake(root);
    later(next);
  } else if (python && document.querySelector(liveCells)) void loadLive();
};
later(next);

// Between the stops of a table only Python has answers; a reader may start it from any lab.
if (python) roots.forEach((root) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Any setting (loads Python)";
  button.addEventListener("click", async () => {
    await loadLive();
    document.dispatchEvent(new Event("start-python"));
  });
  live.add(() => { button.hidden = answer !== undefined; });
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
    folded = [...document.querySelectorAll<HTMLDetailsElement>("details.sd-dropdown:not([open]), .nc-progress details:not([open])")];
  } else if (theme) root.dataset.theme = theme;
  folded.forEach((fold) => { fold.open = prints; });
}
matchMedia("print").addEventListener("change", ({ matches }) => paper(matches));
