// The one front end of every lab. Its markup comes from neurocore/labs/picture.py;
// this wakes the controls, moves the bars and puts live plots where still ones stand.
// The answers come from a table in a static page, from Python where a kernel runs
// or, once the page itself runs Python, from there: the model's `live` tells.

import { type Drawn, type PanelSpec } from "./panels";
import { axon, bars, channels, chart, number, scalar } from "./panels";
import { type Frame, type Table, open } from "./table";

interface Slider {
  kind: "slider" | "switch";
  name: string;
  unit?: string;
  stops: number[];
  value: number;
  between: boolean;
}
interface Spec {
  key: string;
  sliders: Slider[];
  panels: PanelSpec[];
  summary: string[];
  time: string;
}
type Settings = Record<string, number>;
interface State {
  spec: Spec;
  html: string;
  settings: Settings;
  frame?: Packed;
  table?: Table; // in a page of the book
  live?: boolean; // whether Python answers in it
}
interface Model {
  get<Name extends keyof State>(name: Name): State[Name];
  set(name: "settings", value: Settings): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
  save_changes(): void;
}
const FINE = 20; // positions between two stops where there is an answer between them
const PATIENCE = 150; // ms that Python may take before the table answers in its place
const SILENCE = 3000; // ms more after which a lab without a table says that it waits

function say(templates: string[], frame: Frame, cursor: number): string {
  const text = templates["outcome" in frame ? Math.round(scalar(frame, "outcome", cursor)) : 0];
  return text.replace(
    /\{(\w+)(?::(\+?)\.(\d)f)?\}/g,
    (_, name: string, sign?: string, digits?: string) =>
      number(scalar(frame, name, cursor), Number(digits ?? 0), sign),
  );
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
  const low = Math.max(
    0,
    Math.min(
      stops.length - 2,
      stops.findLastIndex((stop) => stop <= value),
    ),
  );
  const share = Math.max(0, Math.min(1, (value - stops[low]) / (stops[low + 1] - stops[low])));
  return low + (fine ? Math.round(share * FINE) / FINE : Math.round(share));
}

// A frame as pack() in neurocore/labs/table.py writes it, from a kernel or from the page's worker;
// instead of its data there may be an error, in words.
interface Packed {
  settings: Settings;
  outputs: [string, number[]][];
  data: DataView | Uint8Array;
  error?: string;
}

function unpack({ outputs, data }: Packed): Frame {
  const row = new Float64Array(
    data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength),
  );
  let at = 0;
  return Object.fromEntries(
    outputs.map(([name, shape]) => {
      const start = at;
      at += shape.reduce((a, b) => a * b, 1);
      return [name, shape.length ? row.subarray(start, at) : row[start]];
    }),
  );
}

interface Context {
  model: Model;
  el: HTMLElement;
}

async function render(context: Context): Promise<() => void> {
  try {
    return await begin(context);
  } catch (error) {
    const fault = document.createElement("p");
    fault.className = "nc-fault";
    fault.textContent = `This lab does not start: ${(error as Error).message}.`;
    context.el.append(fault);
    throw error;
  }
}

async function begin({ model, el }: Context): Promise<() => void> {
  const spec = model.get("spec");
  if (!el.querySelector(".nc-lab")) el.innerHTML = model.get("html");
  const root = el.querySelector<HTMLElement>(".nc-lab")!;
  const table = model.get("table");
  const answer = table && (await open(table));
  const given = model.get("frame");
  const initial = Object.fromEntries(spec.sliders.map((slider) => [slider.name, slider.value]));
  const places: Record<string, number> = {};
  const all = <T extends HTMLElement>(query: string) => [...root.querySelectorAll<T>(query)];
  const inputs = all<HTMLInputElement>("[data-name]");
  const says = root.querySelector(".nc-says")!;
  const spoken = root.querySelector(".nc-spoken")!;
  const clock = root.querySelector<HTMLInputElement>("[data-cursor]");
  const fault = document.createElement("p");
  fault.className = "nc-fault";
  fault.setAttribute("role", "alert");
  says.after(fault);
  let frame: Frame | undefined;
  let drawn: Drawn[] = []; // with the first frame; until then the still pictures stand
  let waits = false; // whether what is drawn answers other settings than these
  let cursor = clock ? Number(clock.value) : -1;
  let said = "";
  let silence: ReturnType<typeof setTimeout> | undefined;
  let late: ReturnType<typeof setTimeout> | undefined;
  const exact = () => !answer || Boolean(model.get("live"));
  const fine = (slider: Slider) => slider.kind === "slider" && (slider.between || exact());

  const move = (index: number) => {
    cursor = index;
    if (clock) clock.value = String(index);
    draw();
  };
  const waken = () =>
    spec.panels.map((panel, i) => {
      const box = all(".nc-panel")[i];
      if (panel.kind === "bars") return bars(panel, box);
      if (panel.kind === "channels") return channels(panel, box);
      if (panel.kind === "axon") return axon(panel, box);
      return chart(panel, box, spec.time, move);
    });

  // At once: browsers hand over at most one move of a slider per frame as it is.
  const draw = () => {
    if (!frame) return;
    const shown = frame;
    if (!drawn.length) drawn = waken();
    drawn.forEach((panel) => panel(shown, cursor));
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
    Object.fromEntries(
      spec.sliders.map((slider) => [slider.name, setting(slider, places[slider.name])]),
    );
  const fromTable = () => {
    waits = false;
    frame = answer!(nearby());
    root.classList.toggle("nc-near", !tabled());
    draw();
  };
  // Where the settings stand, and where the table has its nearest answer.
  const here = () => spec.sliders.map((slider) => places[slider.name]);
  const nearby = () =>
    here().map((place, i) => (spec.sliders[i].between ? place : Math.round(place)));
  const tabled = () => Boolean(answer) && String(nearby()) === String(here());
  const fail = (reason: string) => {
    clearTimeout(late);
    if (answer) fromTable();
    else root.classList.add("nc-near");
    const stands = !answer
      ? "What is drawn is older"
      : tabled()
        ? "The book's own answer stands"
        : "The nearest of the book's own answers stands";
    fault.textContent = `Python gives no answer at these settings (${reason}). ${stands}.`;
  };
  const slow = () => {
    if (answer) return fromTable();
    root.classList.add("nc-near");
    late = setTimeout(
      () => (fault.textContent = "Python has not answered yet: it is busy, or has stopped."),
      SILENCE,
    );
  };
  const ask = () => {
    clearTimeout(late);
    fault.textContent = "";
    waits = true;
    if (tabled() || (answer && !(frame && exact()))) fromTable();
    if (!exact()) return;
    if (waits) late = setTimeout(slow, PATIENCE);
    model.set("settings", settings());
    model.save_changes();
  };
  const show = (slider: Slider, input: HTMLInputElement) => {
    if (slider.kind === "switch") input.checked = places[slider.name] === 1;
    else {
      const text = `${+setting(slider, places[slider.name]).toPrecision(4)} ${slider.unit}`
        .trim()
        .replace("-", "−");
      input.step = fine(slider) ? String(1 / FINE) : "1";
      input.value = String(places[slider.name]);
      input.setAttribute("aria-valuetext", text);
      input.previousElementSibling!.textContent = text;
    }
  };
  const place = (values: Settings) =>
    spec.sliders.forEach((slider, i) => {
      if (!Number.isFinite(values[slider.name])) return;
      places[slider.name] = nearest(slider, values[slider.name], fine(slider));
      show(slider, inputs[i]);
    });
  const put = (values: Settings) => {
    place(values);
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
  const link = async (button: HTMLElement, words: string) => {
    const query = new URLSearchParams(
      Object.entries(settings()).map(([name, value]) => [name, String(value)]),
    );
    history.replaceState(null, "", `#${root.id}?${query}`);
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "Copied";
    } catch {
      // forbidden, or a page that is not secure
      button.textContent = "Copy it from the address bar";
    }
    setTimeout(() => (button.textContent = words), 1500);
  };
  const [target, query] = location.hash.slice(1).split("?");
  const linked = target === root.id && query ? new URLSearchParams(query) : null;
  all<HTMLButtonElement>("[data-do]").forEach((button) => {
    button.hidden = button.dataset.do === "link" && !answer;
    const words = button.textContent;
    button.addEventListener("click", () => {
      if (button.dataset.do === "link") void link(button, words);
      else {
        drawn.forEach((panel) => panel.forget?.());
        put(initial);
      }
    });
  });

  const fromPython = () => {
    if (!exact()) return; // Python was stopped, and the table has answered
    const packed = model.get("frame")!;
    const asked = model.get("settings");
    const stale = spec.sliders.some(({ name }) => packed.settings[name] !== asked[name]);
    if (stale && (packed.error || !waits)) return;
    if (packed.error) return fail(packed.error);
    const before = frame;
    try {
      frame = unpack(packed);
      draw();
    } catch (error) {
      frame = before;
      draw();
      fail((error as Error).message);
      throw error;
    }
    if (stale) return; // better than nothing while the hand moves
    clearTimeout(late);
    fault.textContent = "";
    waits = false;
    root.classList.remove("nc-near");
  };
  const freely = () => put(settings());
  const follow = () => place(model.get("settings")); // Python's hand, or another view's
  model.on("change:frame", fromPython);
  model.on("change:settings", follow);
  model.on("change:live", freely);
  place({
    ...initial,
    ...model.get("settings"),
    ...Object.fromEntries([...(linked ?? [])].map(([k, v]) => [k, Number(v)])),
  });
  if (given) fromPython();
  if (!given || linked) ask();
  if (linked) root.scrollIntoView();

  const redraw = () => drawn.forEach((panel) => panel.redraw?.());
  const themes = new MutationObserver(redraw);
  themes.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["data-theme", "data-mode"],
  });
  themes.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-light", "class"],
  });
  const sizes = new ResizeObserver(() => drawn.forEach((panel) => panel.resize?.()));
  sizes.observe(root);
  requestAnimationFrame(() => (root.dataset.ready = "true"));
  return () => {
    themes.disconnect();
    sizes.disconnect();
    model.off("change:frame", fromPython);
    model.off("change:settings", follow);
    model.off("change:live", freely);
  };
}

export default { render };
