// Wakes the labs of a static page, each with the state that the build left beside it,
// and fetches the live cells' script where there are live cells.

import lab from "@neurocore/lab";
import { offline } from "./offline";

// The theme opens its search on Ctrl+K wherever the reader is. Where keys have a use of their own it keeps still;
// this script runs before the theme listens.
addEventListener("keydown", (event) => {
  const place = event.target instanceof Element && event.target.closest("input, select, textarea, [contenteditable], .nc-root");
  if (place && !place.matches("[name=q]") && (event.ctrlKey || event.metaKey) && /^k$/i.test(event.key)) event.stopImmediatePropagation();
}, true);

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
