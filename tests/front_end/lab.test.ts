// A lab as a whole: what it says and shows when a slider, the cursor, a link or Python moves it.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./setup";
import lab from "../../neurocore/labs/front_end/lab";
import { canvasOf } from "./drawing";
import { everything, labs, type Case, type Coded, type Lab, type Settings } from "./fixtures";

interface Frame {
  settings: Settings;
  outputs?: [string, number[]][];
  data?: Uint8Array;
  error?: string;
}
/** What anywidget hands to a lab; `table` and `live` only a page of the book has. */
class Model {
  state: Record<string, unknown>;
  heard: Record<string, (() => void)[]> = {};
  saved: Settings[] = [];
  constructor({ spec, html, settings }: Lab, more: object) {
    this.state = { spec, html, settings, ...more };
  }
  get(name: string): unknown {
    return this.state[name];
  }
  set(name: string, value: unknown): void {
    this.state[name] = value;
  }
  on(event: string, callback: () => void): void {
    (this.heard[event] ??= []).push(callback);
  }
  off(event: string, callback: () => void): void {
    this.heard[event] = this.heard[event].filter((other) => other !== callback);
  }
  save_changes(): void {
    this.saved.push(this.state.settings as Settings);
  }
  tell(name: string, value: unknown): void {
    this.state[name] = value;
    this.heard[`change:${name}`].forEach((callback) => callback());
  }
  get listeners(): number {
    return Object.values(this.heard).flat().length;
  }
}
/** A frame as bytes within other bytes, as a kernel's message brings it. */
function packed({ settings, outputs, data }: Coded, now: Settings = settings): Frame {
  const bytes = Buffer.from(data, "base64");
  const within = new Uint8Array(bytes.length + 3);
  within.set(bytes, 3);
  return { settings: now, outputs, data: within.subarray(3) };
}

let root: HTMLElement;
let model: Model;
let stop: () => void;
const table = { table: everything.table };
const first = everything.cases[0];
const [a, b, on] = [0, 1, 2];

async function wake(one: Lab = everything, more: object = table): Promise<void> {
  document.body.innerHTML = "<div></div>";
  model = new Model(one, more);
  const el = document.body.firstElementChild as HTMLElement;
  stop = await lab.render({ model: model as never, el });
  root = el.querySelector<HTMLElement>(".nc-lab")!;
}
const part = <T extends HTMLElement>(query: string) => root.querySelector<T>(query)!;
const inputs = () => [...root.querySelectorAll<HTMLInputElement>("[data-name]")];
const says = () => part(".nc-says").innerHTML;
const fault = () => part(".nc-fault").textContent;
const near = () => root.classList.contains("nc-near");
const button = (name: string) => part<HTMLButtonElement>(`[data-do=${name}]`);
const clock = () => part<HTMLInputElement>("[data-cursor]");
function slide(at: number, place: number | boolean): void {
  const input = inputs()[at];
  if (typeof place === "boolean") input.checked = place;
  else input.value = String(place);
  input.dispatchEvent(new Event("input"));
}
function cursor(at: number): void {
  clock().value = String(at);
  clock().dispatchEvent(new Event("input"));
}
/** Bring a lab's sliders to the settings of a case. */
const bring = (one: Lab, { frame }: Case) =>
  one.spec.sliders.forEach(({ name, kind, stops }, i) => {
    const value = frame.settings[name];
    slide(i, kind === "switch" ? Boolean(value) : stops.indexOf(value));
  });
/** Two sentences are the same to one unit of each number's last digit. */
function alike(one: string, other: string): void {
  const number = /[−+]?\d+(?:\.(\d+))?/g;
  expect(one.replace(number, "#")).toBe(other.replace(number, "#"));
  const read = (text: string) =>
    [...text.matchAll(number)].map(([digits, after]) => [Number(digits.replace("−", "-")), after]);
  read(one).forEach(([value], i) => {
    const [wanted, after] = read(other)[i];
    expect(Math.abs(Number(value) - Number(wanted))).toBeLessThanOrEqual(
      1.01 * 10 ** -String(after ?? "").length,
    );
  });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  location.hash = "";
});
afterEach(() => {
  stop?.();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe.each(Object.entries(labs))("%s", (_, one) => {
  test("says from its table what Python says", async () => {
    await wake(one, { table: one.table });
    for (const now of one.cases) {
      bring(one, now);
      alike(says(), now.sentence);
    }
    expect(root.querySelectorAll("canvas").length).toBe(
      one.spec.panels.filter(({ kind }) => ["traces", "plane", "map"].includes(kind)).length,
    );
    expect(inputs().every((input) => !input.disabled)).toBe(true);
  });
  test("says word for word what Python says of a frame of its own", async () => {
    await wake(one, { frame: packed(one.cases[0].frame) });
    for (const now of one.cases) {
      bring(one, now);
      model.tell("frame", packed(now.frame));
      expect(says()).toBe(now.sentence);
    }
  });
});

describe("sentences", () => {
  const templates = ["{x}, {x:.2f}, {x:+.1f}, {y_m} E_K", "one", "two {x:.0f}"];
  async function sentence(outcome: number | undefined): Promise<string> {
    const frame = { x: 1.26, y_m: -3.4, ...(outcome === undefined ? {} : { outcome }) };
    const outputs = Object.keys(frame).map((name): [string, number[]] => [name, []]);
    const data = new Uint8Array(Float64Array.from(Object.values(frame)).buffer);
    const { spec, html } = labs["membrane-at-rest"];
    await wake(
      { ...everything, html, spec: { ...spec, sliders: [], panels: [], summary: templates } },
      { frame: { settings: {}, outputs, data } },
    );
    return says();
  }
  test("take numbers, signs and symbols", async () => {
    expect(await sentence(undefined)).toBe("1, 1.26, +1.3, −3 <i>E</i><sub>K</sub>");
    expect(await sentence(0)).toBe("1, 1.26, +1.3, −3 <i>E</i><sub>K</sub>");
  });
  test("are picked by the outcome, rounded", async () => {
    expect(await sentence(1.0002)).toBe("one");
    expect(await sentence(1.9998)).toBe("two 1");
  });
  test("are read out when the hand rests", async () => {
    await wake();
    const spoken = () => part(".nc-spoken").textContent;
    vi.advanceTimersByTime(400);
    expect(spoken()).toBe("");
    cursor(2);
    vi.advanceTimersByTime(400);
    expect(spoken()).toBe("");
    vi.advanceTimersByTime(100);
    expect(spoken()).toBe(
      `Start: V m is ${says().match(/is(?:<[^>]*>)? (\S+),/)![1]}, −10.00 above, at 1.`,
    );
  });
});

describe("a page's lab", () => {
  test("stands at Python's first settings at once", async () => {
    await wake();
    expect(says()).toBe(first.sentence);
    expect(inputs()[a].previousElementSibling!.textContent).toBe("10 mV");
    expect(inputs()[a].getAttribute("aria-valuetext")).toBe("10 mV");
    expect(inputs()[b].previousElementSibling!.textContent).toBe("0.5");
    expect([inputs()[a].step, inputs()[b].step]).toEqual(["0.05", "1"]);
    expect(inputs()[on].checked).toBe(false);
    expect(inputs()[on].hasAttribute("aria-valuetext")).toBe(false);
    expect([fault(), near()]).toEqual(["", false]);
    expect(model.saved).toEqual([]);
    expect(part(".nc-fault").getAttribute("role")).toBe("alert");
    await vi.waitFor(() => expect(root.dataset.ready).toBe("true"));
  });
  test("interpolates where it may, and is near where it may not", async () => {
    await wake();
    slide(a, 1.25);
    alike(says(), everything.between.sentence);
    expect([near(), inputs()[a].previousElementSibling!.textContent]).toEqual([false, "17.5 mV"]);
    slide(b, 1.6); // no hand brings it there without Python
    expect(near()).toBe(true);
    const [...kept] = [says()];
    slide(b, 2);
    expect([says(), near()]).toEqual([...kept, false]);
  });
  test("turns over its switch", async () => {
    await wake();
    const before = says();
    slide(on, true);
    expect(says()).not.toBe(before);
    slide(on, false);
    expect(says()).toBe(before);
  });
  test("writes a setting with a true minus and four digits", async () => {
    const { spec } = everything;
    const stops = [-1.23456, 2, 3];
    const sliders = spec.sliders.map((slider, i) => (i ? slider : { ...slider, stops, value: 2 }));
    await wake({
      ...everything,
      spec: { ...spec, sliders },
      settings: { ...everything.settings, a: 2 },
    });
    slide(a, 0);
    expect(inputs()[a].previousElementSibling!.textContent).toBe("−1.235 mV");
  });
  test("goes back to the first settings, and forgets kept curves", async () => {
    await wake();
    const keep = part<HTMLButtonElement>("[data-keep]");
    const faint = async () => {
      await new Promise((done) => setImmediate(done));
      return canvasOf(part("canvas")).marks.filter(({ alpha }) => alpha < 1).length;
    };
    keep.click();
    expect(await faint()).toBe(2);
    slide(a, 2);
    slide(b, 0);
    slide(on, true);
    expect(await faint()).toBe(2); // it stays while the hand moves
    button("reset").click();
    expect(says()).toBe(first.sentence);
    expect(
      inputs()
        .map((input) => input.value)
        .slice(0, 2),
    ).toEqual(["1", "1"]);
    expect(inputs()[on].checked).toBe(false);
    expect(await faint()).toBe(0);
    expect([button("reset").hidden, button("link").hidden]).toEqual([false, false]);
  });
});

describe("the time cursor", () => {
  test("begins where Python says, and moves sentence, reading and pictures", async () => {
    await wake();
    const read = () => part("[data-read]").textContent;
    const bar = () => part(".nc-bar b").textContent;
    expect([clock().value, clock().disabled]).toEqual(["6", false]);
    expect(clock().previousElementSibling!.textContent).toBe("3.0");
    const before = [
      says(),
      read(),
      bar(),
      part(".nc-tally").textContent,
      part(".nc-core").getAttribute("fill"),
    ];
    cursor(10);
    const after = [
      says(),
      read(),
      bar(),
      part(".nc-tally").textContent,
      part(".nc-core").getAttribute("fill"),
    ];
    before.forEach((one, i) => expect(after[i]).not.toBe(one));
    expect(clock().previousElementSibling!.textContent).toBe("5.0");
    expect(clock().getAttribute("aria-valuetext")).toBe("5.0");
    slide(a, 0);
    expect(clock().value).toBe("10"); // it stays
  });
  test("follows a hand on a picture", async () => {
    await wake();
    const over = part(".u-over");
    vi.spyOn(over, "getBoundingClientRect").mockReturnValue({ left: 0 } as DOMRect);
    const press = new MouseEvent("pointerdown", { clientX: 0 });
    over.dispatchEvent(Object.assign(press, { pointerId: 1 }));
    expect([clock().value, clock().previousElementSibling!.textContent]).toEqual(["0", "0.0"]);
  });
  test("is none in a lab without time, which reads the last of each array", async () => {
    const one = labs["membrane-at-rest"];
    await wake(one, { table: one.table });
    expect(clock()).toBeNull();
    alike(says(), one.cases[0].sentence);
  });
});

describe("a link", () => {
  test.each([
    ["a=40&b=1&on=1", ["2", "2"], true],
    ["a=17.5", ["1.25", "1"], false],
    ["a=-5&b=99", ["0", "3"], false], // the ends
    ["b=0.7", ["1", "1"], false], // no answer between: the nearest
    ["b=0.8", ["1", "2"], false],
    ["a=nonsense&b=Infinity", ["1", "1"], false],
    ["a=10.4", ["1", "1"], false], // the nearest of twenty steps
  ])("%s brings its settings", async (query, values, checked) => {
    location.hash = `#lab-everything?${query}`;
    const seen = vi.spyOn(Element.prototype, "scrollIntoView");
    await wake();
    expect(
      inputs()
        .slice(0, 2)
        .map((input) => input.value),
    ).toEqual(values);
    expect(inputs()[on].checked).toBe(checked);
    expect(seen).toHaveBeenCalledOnce();
  });
  test.each(["#lab-other?a=40", "#lab-everything", "#lab-everything?"])(
    "%s brings nothing",
    async (hash) => {
      location.hash = hash;
      const seen = vi.spyOn(Element.prototype, "scrollIntoView");
      await wake();
      expect(says()).toBe(first.sentence);
      expect(seen).not.toHaveBeenCalled();
    },
  );
  test("is copied, twice over, and its button goes back to its words", async () => {
    await wake();
    const words = button("link").textContent;
    const copy = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    slide(a, 1.25);
    slide(on, true);
    button("link").click();
    expect(location.hash).toBe("#lab-everything?a=17.5&b=0.5&on=1");
    await vi.advanceTimersByTimeAsync(0);
    expect(button("link").textContent).toBe("Copied");
    expect(copy).toHaveBeenCalledWith(location.href);
    vi.advanceTimersByTime(1000);
    button("link").click();
    await vi.advanceTimersByTimeAsync(1499);
    expect(button("link").textContent).not.toBe("");
    await vi.advanceTimersByTimeAsync(1);
    expect(button("link").textContent).toBe(words);
    expect(says()).not.toBe(first.sentence); // and nothing was reset
  });
  test("is to be copied by hand where the page may not", async () => {
    await wake();
    vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("no"));
    const words = button("link").textContent;
    button("link").click();
    await vi.advanceTimersByTimeAsync(0);
    vi.advanceTimersByTime(1499);
    expect(button("link").textContent).toBe("Copy it from the address bar");
    vi.advanceTimersByTime(1);
    expect(button("link").textContent).toBe(words);
  });
  test("is not offered by a kernel's lab", async () => {
    await wake(everything, { frame: packed(first.frame) });
    expect([button("reset").hidden, button("link").hidden]).toEqual([false, true]);
  });
  test("asks a kernel for what it wants", async () => {
    location.hash = "#lab-everything?a=40";
    await wake(everything, { frame: packed(first.frame) });
    expect(model.saved).toEqual([{ a: 40, b: 0.5, on: 0 }]);
  });
});

describe("a kernel's lab", () => {
  const at = (place: number) => ({ a: place, b: 0.5, on: 0 });
  beforeEach(() => wake(everything, { frame: packed(first.frame) }));

  test("shows its first frame at once, and asks nothing", () => {
    expect(says()).toBe(first.sentence);
    expect([model.saved, fault(), near()]).toEqual([[], "", false]);
    expect(inputs()[b].step).toBe("0.05"); // Python answers anywhere
  });
  test("asks at each move, and shows what comes", () => {
    slide(a, 1.25);
    expect(model.saved).toEqual([at(17.5)]);
    expect(says()).toBe(first.sentence);
    model.tell("frame", packed(everything.between.frame));
    expect(says()).toBe(everything.between.sentence);
    vi.advanceTimersByTime(10_000);
    expect([near(), fault()]).toEqual([false, ""]);
  });
  test("shows a late frame while it waits, and waits on", () => {
    slide(a, 0);
    slide(a, 2);
    model.tell("frame", packed(everything.between.frame));
    expect(says()).toBe(everything.between.sentence);
    vi.advanceTimersByTime(150);
    expect(near()).toBe(true);
    model.tell("frame", packed(first.frame, at(40)));
    expect([says(), near()]).toEqual([first.sentence, false]);
    model.tell("frame", packed(everything.between.frame)); // too late by now
    expect(says()).toBe(first.sentence);
  });
  test("says that it waits, and then that Python is silent", () => {
    slide(a, 0);
    vi.advanceTimersByTime(149);
    expect(near()).toBe(false);
    vi.advanceTimersByTime(1);
    expect([near(), fault()]).toEqual([true, ""]);
    vi.advanceTimersByTime(2999);
    expect(fault()).toBe("");
    vi.advanceTimersByTime(1);
    expect(fault()).toBe("Python has not answered yet: it is busy, or has stopped.");
    model.tell("frame", packed(everything.between.frame, at(0)));
    expect([near(), fault()]).toEqual([false, ""]);
  });
  test("moves its patience with the hand", () => {
    slide(a, 0);
    vi.advanceTimersByTime(100);
    slide(a, 2);
    vi.advanceTimersByTime(100);
    expect(near()).toBe(false);
  });
  test("says what Python says of a failure, and goes on", () => {
    slide(a, 0);
    model.tell("frame", { settings: at(0), error: "ValueError: no" });
    expect(fault()).toBe(
      "Python gives no answer at these settings (ValueError: no). What is drawn is older.",
    );
    expect([near(), says()]).toEqual([true, first.sentence]);
    vi.advanceTimersByTime(10_000);
    expect(fault()).toContain("ValueError: no");
    slide(a, 2);
    expect(fault()).toBe("");
    model.tell("frame", packed(first.frame, at(40)));
    expect([near(), fault()]).toEqual([false, ""]);
  });
  test("overlooks a failure at settings that have passed", () => {
    slide(a, 0);
    slide(a, 2);
    model.tell("frame", { settings: at(0), error: "ValueError: no" });
    expect(fault()).toBe("");
  });
  test("keeps what stands where a frame cannot be drawn", () => {
    slide(a, 0);
    const { outputs, data } = first.frame;
    const short = packed({ settings: at(0), outputs: outputs.slice(1), data });
    expect(() => model.tell("frame", short)).toThrow();
    expect(fault()).toContain("What is drawn is older.");
    expect(says()).toBe(first.sentence);
  });
  test("follows Python's own hand on the settings", () => {
    model.tell("settings", { a: 40, b: 4, on: 1 });
    expect(
      inputs()
        .map((input) => input.value)
        .slice(0, 2),
    ).toEqual(["2", "3"]);
    expect(inputs()[on].checked).toBe(true);
    expect(model.saved).toEqual([]); // they have been asked for already
  });
  test("stands where another view of it has been moved to", async () => {
    const settings = { a: 40, b: 1, on: 1 };
    await wake(everything, { settings, frame: packed(first.frame, settings) });
    expect(
      inputs()
        .map((input) => input.value)
        .slice(0, 2),
    ).toEqual(["2", "2"]);
    button("reset").click();
    expect(model.saved).toEqual([at(10)]);
  });
  test("leaves nothing behind when its cell goes", () => {
    expect(model.listeners).toBe(3);
    stop();
    expect(model.listeners).toBe(0);
    document.documentElement.dataset.theme = "dark";
  });
  test("takes a page's own markup as it stands", async () => {
    document.body.innerHTML = `<div>${everything.html}</div>`;
    const el = document.body.firstElementChild as HTMLElement;
    const figure = el.querySelector(".nc-lab");
    stop();
    stop = await lab.render({ model: model as never, el });
    expect(el.querySelector(".nc-lab")).toBe(figure);
  });
});

describe("a page that runs Python", () => {
  const at = (place: number, other = 0.5) => ({ a: place, b: other, on: 0 });
  beforeEach(() => wake(everything, { ...table, live: true }));

  test("shows the table's answer at once and asks Python too", () => {
    expect(says()).toBe(first.sentence);
    expect(model.saved).toEqual([at(10)]);
    expect(inputs()[b].step).toBe("0.05");
    slide(a, 2);
    expect(says()).not.toBe(first.sentence);
    expect(model.saved.at(-1)).toEqual(at(40));
  });
  test("waits for Python between stops, and is near when it is late", () => {
    model.tell("frame", packed(first.frame));
    slide(b, 1.6);
    expect([says(), near()]).toEqual([first.sentence, false]);
    vi.advanceTimersByTime(150);
    expect(near()).toBe(true); // the table's nearest
    expect(says()).not.toBe(first.sentence);
    vi.advanceTimersByTime(5000);
    expect(fault()).toBe("");
    model.tell("frame", packed(first.frame, at(10, 0.8)));
    expect([says(), near()]).toEqual([first.sentence, false]);
  });
  test("says which answer stands where Python fails", () => {
    model.tell("frame", { settings: at(10), error: "MemoryError: much" });
    expect(fault()).toBe(
      "Python gives no answer at these settings (MemoryError: much). The book's own answer stands.",
    );
    expect(near()).toBe(false);
    slide(b, 1.6);
    model.tell("frame", { settings: at(10, 0.8), error: "MemoryError: more" });
    expect(fault()).toBe(
      "Python gives no answer at these settings (MemoryError: more). The nearest of the book's own answers stands.",
    );
    expect(near()).toBe(true);
  });
  test("shows no late frame over the table's answer", () => {
    slide(a, 2);
    const shown = says();
    model.tell("frame", packed(first.frame));
    expect(says()).toBe(shown);
  });
  test("goes back to the stops when Python stops, and asks anew when it comes", () => {
    slide(b, 1.4);
    model.tell("frame", packed(first.frame, at(10, 0.7)));
    const asked = model.saved.length;
    model.tell("live", false);
    expect([inputs()[b].value, inputs()[b].step]).toEqual(["1", "1"]);
    expect(model.saved.length).toBe(asked);
    expect([says(), near()]).toEqual([first.sentence, false]);
    model.tell("frame", packed(everything.between.frame)); // what still comes is not looked at
    expect(says()).toBe(first.sentence);
    model.tell("live", true);
    expect(model.saved.length).toBe(asked + 1);
    expect(inputs()[b].step).toBe("0.05");
  });
});

describe("what does not start", () => {
  test("says so where it should stand", async () => {
    document.body.innerHTML = "<div></div>";
    const el = document.body.firstElementChild as HTMLElement;
    const broken = new Model(everything, { table: { outputs: [], data: "not base64!" } });
    await expect(lab.render({ model: broken as never, el })).rejects.toThrow();
    const words = el.querySelector("p.nc-fault")!.textContent;
    expect(words).toMatch(/^This lab does not start: .+\.$/);
  });
});

describe("themes and sizes", () => {
  const later = () => vi.waitFor(() => new Promise((done) => setImmediate(done)));
  const inked = () =>
    canvasOf(part("canvas")).marks.filter(({ style }) => style === "another").length;
  test.each([
    ["data-theme", () => document.documentElement],
    ["data-mode", () => document.documentElement],
    ["data-jp-theme-light", () => document.body],
    ["class", () => document.body],
  ] as const)("%s draws the charts again, until the lab goes", async (name, holder) => {
    await wake();
    await later();
    part(".nc-panel").style.setProperty("--nc-na", "another");
    expect(inked()).toBe(0);
    holder().setAttribute(name, "new");
    await later();
    await vi.waitFor(() => expect(inked()).toBe(1));
    stop();
    part(".nc-panel").style.setProperty("--nc-na", "yet");
    holder().setAttribute(name, "newer");
    await later();
    expect(inked()).toBe(1);
  });
  test("a new width is taken over, until the lab goes", async () => {
    const seen: { callback: () => void; on: Element[]; off: boolean }[] = [];
    vi.stubGlobal(
      "ResizeObserver",
      class {
        own: (typeof seen)[0];
        constructor(callback: () => void) {
          seen.push((this.own = { callback, on: [], off: false }));
        }
        observe(one: Element): void {
          this.own.on.push(one);
        }
        disconnect(): void {
          this.own.off = true;
        }
      },
    );
    await wake();
    const [{ callback, on: watched }] = seen;
    expect(watched).toEqual([root]);
    Object.defineProperty(part(".nc-plot"), "clientWidth", { value: 300 });
    callback();
    await later();
    expect(part<HTMLCanvasElement>("canvas").width).toBe(600);
    stop();
    expect(seen[0].off).toBe(true);
  });
});
