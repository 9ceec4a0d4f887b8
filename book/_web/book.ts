// Wakes the labs of a static page: hands each the state that the build left beside it.

import lab from "@neurocore/lab";

function model(state: Record<string, unknown>) {
  return {
    get: (name: string) => state[name],
    set: (name: string, value: unknown) => { state[name] = value; },
    on: () => {}, off: () => {}, save_changes: () => {},
  };
}

function wake(root: HTMLElement): void {
  const state = JSON.parse(root.querySelector(".nc-state")!.textContent!);
  void lab.render({ model: model(state), el: root });
}

const roots = [...document.querySelectorAll<HTMLElement>(".nc-root")];
// What is in sight first; the rest when the browser has a moment.
const inSight = (root: HTMLElement) => root.getBoundingClientRect().top < innerHeight;
roots.filter(inSight).forEach(wake);
const rest = roots.filter((root) => !inSight(root));
const later = self.requestIdleCallback ?? ((callback: () => void) => setTimeout(callback, 50));
const next = () => {
  const root = rest.shift();
  if (root) {
    wake(root);
    later(next);
  }
};
later(next);
