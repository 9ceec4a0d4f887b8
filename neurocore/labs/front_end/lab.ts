// The one front end of every lab. Its markup comes from neurocore/labs/picture.py;
// this wakes the controls, moves the bars and puts live plots where still ones stand.
// The answers come from a table in a static page, from Python where a kernel runs
// or, once the page itself runs Python, from there: the model's `live` tells.

import { Drawn, PanelSpec, axon, bars, channels, chart, number, scalar } from "./panels";
import { Frame, Table, open } from "./table";

interface Slider { kind: "slider" | "switch"; name: string; unit?: string; stops: number[]; value: number; between: boolean }
interface Spec { key: string; sliders: Slider[]; panels: PanelSpec[]; summary: string[]; time: string }
type Settings = Record<string, number>;
interface Model {
  get(name: string): any;
  set(name: string, value: unknown): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
  save_changes(): void;
}
const FINE = 20; // positions between two stops where there is an answer between them
const PATIENCE = 150; // ms that Python may take before the table answers in its place

function say(templates: string[], frame: Frame, cursor: number): string {
  const text = templates["outcome" in frame ? Math.round(scalar(frame, "outcome", cursor)) : 0];
  return text.replace(/\{(\w+)(?::(\+?)\.(\d)f)?\}/g, (_, name, sign, digits) =>
    number(scalar(frame, name, cursor), Number(digits ?? 0), sign));
}

// As symbols() in description.py; the sentences are the labs' own, with no markup.
const symbols = (text: string) => text.replace(/(\p{L})_(\w+)/gu, "<i>$1</i><sub>$2</sub>");

function setting(slider: Slider, place: number): number {
  const low = Math.floor(place);
  if (low === place) return slider.stops[low];
  return slider.stops[low] + (place - low) * (slider.stops[low + 1] - slider.stops[low]);
}

function nearest(slider: Slider, value: number, fine: boolean): number {
  const { stops } = slider;
  const low = Math.max(0, Math.min(stops.length - 2, stops.findLastIndex((stop) => stop <= value)));
  const share = Math.max(0, Math.min(1, (value - stops[low]) / (stops[low + 1] - stops[low])));
  return low + (fine ? Math.round(share * FINE) / FINE : Math.round(share));
}

function fromWire(frame: Record<string, number | DataView>): Frame {
  return Object.fromEntries(Object.entries(frame).map(([name, value]) => [name,
    typeof value === "number" ? value
      : new Float64Array(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength))]));
}

async function render({ model, el }: { model: Model; el: HTMLElement }): Promise<() => void> {
  const spec: Spec = model.get("spec");
  if (!el.querySelector(".nc-lab")) el.innerHTML = model.get("html");
  const root = el.querySelector<HTMLElement>(".nc-lab")!;
  const table: Table | undefined = model.get("table");
  const answer = table && (await open(table));
  const initial = Object.fromEntries(spec.sliders.map((slider) => [slider.name, slider.value]));
  const places: Record<string, number> = {};
  const all = <T extends HTMLElement>(query: string) => [...root.querySelectorAll<T>(query)];
  const inputs = all<HTMLInputElement>("[data-name]");
  const says = root.querySelector(".nc-says")!;
  const spoken = root.querySelector(".nc-spoken")!;
  const clock = root.querySelector<HTMLInputElement>("[data-cursor]");
  let frame: Frame = {};
  let cursor = clock ? Number(clock.value) : -1;
  let said = "";
  let silence = 0;
  let late = 0;
  const exact = () => !answer || Boolean(model.get("live"));
  const fine = (slider: Slider) => slider.kind === "slider" && (slider.between || exact());

  const move = (index: number) => {
    cursor = index;
    if (clock) clock.value = String(index);
    draw();
  };
  const panels: Drawn[] = spec.panels.map((panel, i) => {
    const box = all(".nc-panel")[i];
    if (panel.kind === "bars") return bars(panel, box);
    if (panel.kind === "channels") return channels(panel, box);
    if (panel.kind === "axon") return axon(panel, box);
    return chart(panel, box, spec.time, move);
  });

  // At once: browsers hand over at most one move of a slider per frame as it is.
  const draw = () => {
    panels.forEach((panel) => panel(frame, cursor));
    const sentence = say(spec.summary, frame, cursor);
    if (sentence !== said) {
      said = sentence;
      says.innerHTML = symbols(sentence);
      clearTimeout(silence);
      silence = setTimeout(() => (spoken.textContent = sentence.replaceAll("_", " ")), 500);
    }
    if (clock) {
      const at = number(scalar(frame, spec.time, cursor), 1);
      clock.previousElementSibling!.textContent = at;
      clock.setAttribute("aria-valuetext", at);
    }
  };

  const settings = (): Settings =>
    Object.fromEntries(spec.sliders.map((slider) => [slider.name, setting(slider, places[slider.name])]));
  const fromTable = () => {
    const here = spec.sliders.map((slider) => places[slider.name]);
    const near = here.map((place, i) => (spec.sliders[i].between ? place : Math.round(place)));
    frame = answer!(near);
    root.classList.toggle("nc-near", near.some((place, i) => place !== here[i]));
    draw();
  };
  const ask = () => {
    clearTimeout(late);
    if (exact()) {
      model.set("settings", settings());
      model.save_changes();
      if (answer) late = setTimeout(fromTable, PATIENCE);
    } else fromTable();
  };
  const show = (slider: Slider, input: HTMLInputElement) => {
    if (slider.kind === "switch") input.checked = places[slider.name] === 1;
    else {
      const text = `${+setting(slider, places[slider.name]).toPrecision(4)} ${slider.unit}`.trim().replace("-", "−");
      input.step = fine(slider) ? String(1 / FINE) : "1";
      input.value = String(places[slider.name]);
      input.setAttribute("aria-valuetext", text);
      input.previousElementSibling!.textContent = text;
    }
  };
  const put = (values: Settings) => {
    spec.sliders.forEach((slider, i) => {
      if (!Number.isFinite(values[slider.name])) return;
      places[slider.name] = nearest(slider, values[slider.name], fine(slider));
      show(slider, inputs[i]);
    });
    ask();
  };

  spec.sliders.forEach((slider, i) => {
    const input = inputs[i];
    input.disabled = false;
    input.addEventListener("input", () => {
      places[slider.name] = slider.kind === "switch" ? Number(input.checked) : Number(input.value);
      show(slider, input);
      ask();
    });
  });
  if (clock) {
    clock.disabled = false;
    clock.addEventListener("input", () => move(Number(clock.value)));
  }

  // A link that brings these settings back: #lab-<key>?name=value&…
  const [place, query] = location.hash.slice(1).split("?");
  const linked = place === root.id && query ? new URLSearchParams(query) : null;
  all<HTMLButtonElement>("[data-do]").forEach((button) => {
    button.hidden = button.dataset.do === "link" && !answer;
    button.addEventListener("click", async () => {
      if (button.dataset.do === "reset") {
        panels.forEach((panel) => panel.forget?.());
        return put(initial);
      }
      const query = new URLSearchParams(Object.entries(settings()).map(([name, value]) => [name, String(value)]));
      history.replaceState(null, "", `#${root.id}?${query}`);
      await navigator.clipboard?.writeText(location.href);
      const words = button.textContent;
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = words), 1500);
    });
  });

  const fromPython = () => {
    clearTimeout(late);
    root.classList.remove("nc-near");
    frame = fromWire(model.get("frame"));
    draw();
  };
  const freely = () => put(settings());
  model.on("change:frame", fromPython);
  model.on("change:live", freely);
  if (!answer) frame = fromWire(model.get("frame"));
  put({ ...initial, ...model.get("settings"), ...Object.fromEntries([...(linked ?? [])].map(([k, v]) => [k, Number(v)])) });
  if (linked) root.scrollIntoView();

  const redraw = () => panels.forEach((panel) => panel.redraw?.());
  const themes = new MutationObserver(redraw);
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-mode"] });
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
  const sizes = new ResizeObserver(() => panels.forEach((panel) => panel.resize?.()));
  sizes.observe(root);
  requestAnimationFrame(() => (root.dataset.ready = "true"));
  return () => {
    themes.disconnect();
    sizes.disconnect();
    model.off("change:frame", fromPython);
    model.off("change:live", freely);
  };
}

export default { render };
