// What each kind of panel draws, in the places that Python's numbers have on its axes.

import { beforeEach, describe, expect, test, vi } from "vitest";
import "./setup";
import {
  axon,
  bars,
  channels,
  chart,
  number,
  scalar,
  type Drawn,
  type PanelSpec,
} from "../../neurocore/labs/front_end/panels";
import type { Frame } from "../../neurocore/labs/front_end/table";
import { marks, type Mark, type Spot } from "./drawing";
import { asFrame, everything, read, values } from "./fixtures";

type Kind<K> = Extract<PanelSpec, { kind: K }>;
const [first, second] = everything.cases;
const frame = asFrame(first.frame);
const other = asFrame(second.frame);
const list = (name: string, of = first) => values(of.frame)[name];
const move = vi.fn();

let boxes: HTMLElement[];
beforeEach(() => {
  move.mockReset();
  document.body.innerHTML = everything.html;
  boxes = [...document.querySelectorAll<HTMLElement>(".nc-panel")];
});
function panel(title: string): [number, HTMLElement] {
  const at = boxes.findIndex((box) => box.querySelector(".nc-panel-title")!.textContent === title);
  return [at, boxes[at]];
}
const drawing = () => new Promise<void>((done) => setTimeout(done)); // uPlot draws a moment later

/** Wake a chart of the lab, show a frame, and return what is drawn. */
async function woken(title: string, at: number, shown = frame) {
  const [index, box] = panel(title);
  const spec = everything.spec.panels[index] as Kind<"traces" | "plane" | "map">;
  const drawn = chart(spec, box, "t", move);
  drawn(shown, at);
  await drawing();
  return { spec, box, drawn, ...area(box) };
}
/** The plot's area on the canvas, and our own marks in it. */
function area(box: HTMLElement) {
  const all = marks(box);
  const [[left, top], [right, bottom]] = all.findLast(({ kind }) => kind === "clip")!.spots;
  const share = (value: number, [low, high]: [number, number], log = false) =>
    log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  const x = (value: number, range: [number, number], log?: boolean) =>
    left + share(value, range, log) * (right - left);
  const y = (value: number, range: [number, number], log?: boolean) =>
    bottom - share(value, range, log) * (bottom - top);
  return { all, left, top, right, bottom, x, y };
}
/** Whether two lines have the same spots, to a pixel; what is missing is in neither. */
function same(mark: Mark | undefined, spots: Spot[], slack = 0.51): void {
  expect(mark).toBeDefined();
  const seen = mark!.spots.filter(([x, y]) => Number.isFinite(x + y));
  const wanted = spots.filter(([x, y]) => Number.isFinite(x + y));
  expect(seen.length).toBe(wanted.length);
  const apart = seen.map(([x, y], i) => Math.hypot(x - wanted[i][0], y - wanted[i][1]));
  expect(Math.max(...apart)).toBeLessThanOrEqual(slack * Math.SQRT2);
}
const lines = (all: Mark[], style: string) =>
  all.filter((mark) => mark.kind === "line" && mark.style === style && mark.spots.length > 1);
const dots = (all: Mark[], style: string) =>
  all.filter((mark) => mark.kind === "dot" && mark.style === style);
const words = (all: Mark[]) => all.filter(({ kind }) => kind === "text").map(({ text }) => text);

describe("numbers", () => {
  const cases = read<{ value: number; digits: number; sign: string; text: string }[]>("numbers");
  test("are written as Python writes them", () => {
    const written = cases.map(({ value, digits, sign }) => number(value, digits, sign));
    expect(written).toEqual(cases.map(({ text }) => text));
    expect(cases.map(({ value, digits }) => number(value, digits))).toEqual(
      cases.map(({ text }) => text.replace("+", "")),
    );
  });
  test.each([NaN, Infinity, -Infinity])("%d is none", (value) => {
    expect(number(value, 1, "+")).toBe("–");
  });
  test("are read at the cursor, or last, and never beyond the end", () => {
    const at = { a: [1, 2, 3], b: 7 };
    expect([-1, 0, 1, 2, 9].map((cursor) => scalar(at, "a", cursor))).toEqual([3, 1, 2, 3, 3]);
    expect([scalar(at, "a"), scalar(at, "b"), scalar(at, "b", 2)]).toEqual([3, 7, 7]);
  });
});

describe("bars", () => {
  test.each([0, 1, 2, 3, -1])("stand between zero and their numbers at %d", (cursor) => {
    const [index, box] = panel("Bars");
    const v = Float64Array.of(-50, -10, 0, 20, 25);
    const now = { v, level: -30, hole: 40 };
    bars(everything.spec.panels[index] as Kind<"bars">, box)(now, cursor);
    const rows = [...box.querySelectorAll(".nc-bar")];
    [v.at(cursor)!, -30, 40].forEach((value, i) => {
      const end = 50 + (100 * Math.max(-40, value)) / 80;
      const { left, width } = rows[i].querySelector<HTMLElement>(".nc-track i")!.style;
      expect([left, width]).toEqual([`${Math.min(50, end)}%`, `${Math.abs(end - 50)}%`]);
      expect(rows[i].querySelector("b")!.textContent).toBe(number(value, 1));
    });
  });
  test("end at the ends of their axis", () => {
    const [index, box] = panel("Bars");
    const spec = everything.spec.panels[index] as Kind<"bars">;
    const show = bars(spec, box);
    const of = () => {
      const { left, width } = box.querySelector<HTMLElement>(".nc-track i")!.style;
      return [left, width];
    };
    show({ ...frame, v: 100 }, 0);
    expect(of()).toEqual(["50%", "50%"]);
    show({ ...frame, v: -100 }, 0);
    expect(of()).toEqual(["0%", "50%"]);
  });
});

describe("channels", () => {
  test.each([0, 4, 12, 16, 20])("are open and plugged as their gates say at %d", (cursor) => {
    const on = { ...frame, n: Float64Array.from(list("t"), (_, i) => 0.2 + 0.0375 * i) };
    const [index, box] = panel("Channels");
    channels(everything.spec.panels[index] as Kind<"channels">, box)(on, cursor);
    const [m, h, n] = [list("m")[cursor], list("h")[cursor], on.n[cursor]];
    let [na, k, stuck] = [0, 0, 0];
    for (const channel of box.querySelectorAll<SVGElement>(".nc-channel")) {
      const { kind, opens, inactivates } = channel.dataset;
      const open = (kind === "na" ? m * m * m : n * n * n * n) > Number(opens);
      const plugged = kind === "na" && h < Number(inactivates);
      expect(channel.classList.contains("nc-open")).toBe(open);
      expect(channel.classList.contains("nc-plugged")).toBe(plugged);
      if (kind === "k") k += Number(open);
      else if (plugged) stuck++;
      else na += Number(open);
    }
    expect(box.querySelector(".nc-tally")!.textContent).toBe(
      `Na⁺: ${na} of 10 open, ${stuck} inactivated. K⁺: ${k} of 8 open.`,
    );
  });
  test("a gate at a channel's own level leaves it as it is", () => {
    const [index, box] = panel("Channels");
    const show = channels(everything.spec.panels[index] as Kind<"channels">, box);
    const [one] = box.querySelectorAll<SVGElement>(".nc-channel");
    one.dataset.opens = "0.125";
    one.dataset.inactivates = "0.5";
    show({ m: 0.5, h: 0.5, n: 0 }, -1);
    expect(one.classList.contains("nc-open") || one.classList.contains("nc-plugged")).toBe(false);
    show({ m: 0.51, h: 0.49, n: 0 }, -1);
    expect(one.classList.contains("nc-open") && one.classList.contains("nc-plugged")).toBe(true);
  });
});

describe("axon", () => {
  const steps = read<{ range: [number, number]; values: number[]; colours: number[][] }>("colours");
  const rgb = (text: string | null) => text!.match(/\d+/g)!.map(Number);

  test("has Python's colours", () => {
    const [index, box] = panel("Axon");
    const spec = { ...(everything.spec.panels[index] as Kind<"axon">), range: steps.range };
    const svg = box.querySelector("svg")!;
    svg.innerHTML = steps.values.map(() => '<rect class="nc-core"/>').join("");
    const at = { space: steps.values, sheath: [] as number[] };
    axon(spec, box)(at, 0);
    const seen = [...svg.querySelectorAll("rect")].map((core) => rgb(core.getAttribute("fill")));
    expect(seen.length).toBe(171);
    const apart = seen.flatMap((colour, i) => colour.map((c, j) => c - steps.colours[i][j]));
    expect(Math.max(...apart.map(Math.abs))).toBeLessThanOrEqual(1); // halves are rounded otherwise
    expect(apart.filter(Boolean).length).toBeLessThan(20);
    expect(svg.querySelector("rect")!.getAttribute("fill")).toMatch(/^rgb\(\d+ \d+ \d+\)$/);
  });

  test.each([0, 7, -1, 99])("shows each place at %d, and its sheath", (cursor) => {
    const [index, box] = panel("Axon");
    axon(everything.spec.panels[index] as Kind<"axon">, box)(frame, cursor);
    const fills = [...box.querySelectorAll(".nc-core")].map((core) => core.getAttribute("fill"));
    const now = cursor < 0 ? 20 : Math.min(cursor, 20);
    const column = [0, 1, 2, 3].map((place) => list("space")[21 * place + now]);
    const order = [0, 1, 2, 3].sort((a, b) => column[a] - column[b]);
    const green = fills.map((fill) => rgb(fill)[1]); // rises along the scale
    expect([0, 1, 2, 3].sort((a, b) => green[a] - green[b])).toEqual(order);
    [...box.querySelectorAll(".nc-sheath")].forEach((sheath, i) => {
      expect(Number(sheath.getAttribute("y"))).toBeCloseTo(34 - (16 * i) / 3);
      expect(Number(sheath.getAttribute("height"))).toBeCloseTo(22 + (32 * i) / 3);
    });
  });
});

describe("traces", () => {
  test("draw each line in its colour, dashed where it is, with what is missing left out", async () => {
    const { all, x, y } = await woken("Traces", 6);
    const spots = (name: string): Spot[] =>
      list(name).map((value, i) => [x(list("t")[i], [0, 10]), y(value, [-60, 60])]);
    const [v] = lines(all, "the-v").filter(({ dash }) => !dash.length);
    const [w] = lines(all, "the-k");
    same(v, spots("v"), 1);
    same(w, spots("w"), 1);
    expect([v.width, w.width, v.alpha, v.dash, w.dash]).toEqual([4, 4, 1, [], [6, 4]]);
  });
  test("draw levels across, points, and the cursor, all clipped", async () => {
    const { all, x, y, left, right, top, bottom } = await woken("Traces", 6);
    const at = y(list("level")[0], [-60, 60]);
    const [level] = lines(all, "the-na");
    same(level, [
      [left, at],
      [right, at],
    ]);
    expect([level.dash, level.width, level.alpha, level.clipped]).toEqual([[12, 8], 4, 1, true]);
    const [point] = dots(all, "gray"); // the role that the style sheet lacks
    same(point, [[x(10, [0, 10]), y(list("there")[0], [-60, 60])]]);
    expect([point.width, point.clipped]).toEqual([12, true]);
    expect(point.closed).toBeGreaterThan(2 * Math.PI);
    const now = x(list("t")[6], [0, 10]);
    const [cursor] = lines(all, "the-cursor");
    same(cursor, [
      [now, top],
      [now, bottom],
    ]);
    expect([cursor.dash, cursor.width]).toEqual([[], 4]);
    expect(lines(all, "the-cursor").length).toBe(1);
  });
  test("have no cursor where time has none, or on another axis", async () => {
    expect(lines((await woken("Traces", -1)).all, "the-cursor")).toEqual([]);
    expect(lines((await woken("Logarithms", 2)).all, "the-cursor")).toEqual([]);
  });
  test("follow the cursor to the very first time", async () => {
    const { all, left } = await woken("Traces", 0);
    expect(lines(all, "the-cursor")[0].spots[0][0]).toBeCloseTo(left, 0);
  });
  test("lie on logarithmic axes where those are wanted", async () => {
    const { all, x, y } = await woken("Logarithms", 6);
    const spots = list("f").map((f, i): Spot => [
      x(f, [1, 100], true),
      y(list("gain")[i], [0.5, 1000], true),
    ]);
    same(lines(all, "the-ca")[0], spots, 1);
  });
  test("read out lines at the cursor, levels, and nothing without a time axis", async () => {
    const read = (box: HTMLElement) =>
      [...box.querySelectorAll("[data-read]")].map((one) => one.textContent);
    const one = await woken("Traces", 6);
    const at = (name: string) => number(list(name)[6], 1);
    expect(read(one.box)).toEqual([at("v"), at("w"), number(list("level")[0], 1)]);
    one.drawn(frame, 8);
    expect(read(one.box)[0]).toBe(number(list("v")[8], 1));
    expect(read((await woken("Fine", 6)).box)).toEqual([number(list("m")[6], 2)]);
    expect(read((await woken("Logarithms", 6)).box)).toEqual([""]);
  });
  test("take ten units as the border between one digit and two", () => {
    const [index, box] = panel("Fine");
    const spec = { ...(everything.spec.panels[index] as Kind<"traces">) };
    spec.y_range = [-5, 5];
    chart(spec, box, "t", move)(frame, 6);
    expect(box.querySelector("[data-read]")!.textContent).toBe(number(list("m")[6], 2));
  });
  test("are labelled in words and at Python's ticks", async () => {
    const { all, box, spec } = await woken("Traces", 6);
    expect(words(all)).toEqual(expect.arrayContaining(["time (ms)", "Vm (mV)", "−50", "50", "10"]));
    const ticks = [...(spec as Kind<"traces">).x_ticks, ...(spec as Kind<"traces">).y_ticks];
    const shown = words(all).filter((text) => /^[−\d]/.test(text));
    expect(shown.sort()).toEqual(ticks.map((tick) => String(tick).replace("-", "−")).sort());
    expect(all.filter(({ kind }) => kind === "text").every((one) => one.style === "the-ink")).toBe(
      true,
    );
    expect(lines(all, "the-grid").length).toBe(2); // a path an axis
    const holder = box.querySelector(".nc-plot")!;
    expect(holder.getAttribute("role")).toBe("img");
    expect(holder.getAttribute("aria-label")).toMatch(/^Traces\. Start: V m is/);
    expect(holder.children.length).toBe(1); // the still picture is gone
    expect(box.querySelector("svg")).toBeNull();
  });
  test("write ticks to six digits", async () => {
    const [index, box] = panel("Fine");
    const spec = { ...(everything.spec.panels[index] as Kind<"traces">), y_ticks: [0.1 + 0.2] };
    chart(spec, box, "t", move)(frame, 6);
    await drawing();
    expect(words(marks(box))).toContain("0.3");
  });
  test("keep curves, faint, until they are forgotten", async () => {
    const { drawn, box } = await woken("Traces", 6);
    const button = box.querySelector<HTMLButtonElement>("[data-keep]")!;
    const kept = () => marks(box).filter(({ alpha }) => alpha < 1);
    expect(button.hidden).toBe(false);
    expect(kept()).toEqual([]);
    button.click();
    await drawing();
    expect(kept().length).toBe(2); // at once, both lines
    drawn(other, 6);
    button.click();
    await drawing();
    const { x, y } = area(box);
    const faint = kept();
    expect(faint.map(({ style }) => style)).toEqual(["the-v", "the-k", "the-v", "the-k"]);
    expect(
      faint.every(({ alpha, dash, width }) => alpha === 0.35 && !dash.length && width === 4),
    ).toBe(true);
    for (const [i, of] of [
      [0, first],
      [2, second],
    ] as const)
      same(
        faint[i],
        list("v", of).map((v, j): Spot => [x(list("t")[j], [0, 10]), y(v, [-60, 60])]),
      );
    expect(lines(marks(box), "the-na")[0].alpha).toBe(1);
    drawn.forget!();
    drawn.redraw!();
    await drawing();
    expect(kept()).toEqual([]);
  });
  test("have no button to keep where none is offered", async () => {
    const { box } = await woken("Fine", 6);
    expect(box.querySelector("[data-keep]")).toBeNull();
  });
  test("grow with their box, in width", async () => {
    const { box, drawn } = await woken("Traces", 6);
    const canvas = box.querySelector("canvas")!;
    expect([canvas.width, canvas.height]).toEqual([1000, 500]);
    const holder = box.querySelector(".nc-plot")!;
    Object.defineProperty(holder, "clientWidth", { value: 700 });
    drawn.resize!();
    await drawing();
    expect([canvas.width, canvas.height]).toEqual([1400, 500]);
  });
  test("have a height of their own where the style sheet gives none", async () => {
    const [index, box] = panel("Fine");
    Object.defineProperty(box.querySelector(".nc-plot")!, "clientHeight", { value: 0 });
    chart(everything.spec.panels[index] as Kind<"traces">, box, "t", move);
    await drawing();
    expect(box.querySelector("canvas")!.height).toBe(480);
  });
  test("take the colours of the day when they are drawn again", async () => {
    const { drawn, box } = await woken("Traces", 6);
    box.style.setProperty("--nc-na", "night");
    drawn.redraw!();
    await drawing();
    expect(lines(marks(box), "night").length).toBe(1);
    expect(lines(marks(box), "the-na").length).toBe(0);
  });
  test("draw nothing of ours before there is a frame", async () => {
    const [index, box] = panel("Traces");
    chart(everything.spec.panels[index] as Kind<"traces">, box, "t", move);
    await drawing();
    expect(dots(marks(box), "gray")).toEqual([]);
  });
  test("follow a new frame and a moved cursor", async () => {
    const { drawn, box } = await woken("Traces", 6);
    drawn(other, 6);
    await drawing();
    let { all, x, y } = area(box);
    const spots = (of: typeof first): Spot[] =>
      list("v", of).map((v, j) => [x(list("t")[j], [0, 10]), y(v, [-60, 60])]);
    same(lines(all, "the-v")[0], spots(second), 1);
    drawn(other, 12);
    await drawing();
    ({ all, x, y } = area(box));
    expect(lines(all, "the-cursor")[0].spots[0][0]).toBeCloseTo(x(list("t")[12], [0, 10]), 0);
    same(lines(all, "the-v")[0], spots(second), 1);
  });
});

describe("the time cursor under the hand", () => {
  const pointer = (type: string, clientX: number, buttons = 1) =>
    Object.assign(new MouseEvent(type, { clientX, buttons, bubbles: true }), { pointerId: 3 });
  test("goes to the nearest time, pressed and dragged, not hovered", async () => {
    const { box, left, right } = await woken("Traces", 6);
    const over = box.querySelector<HTMLElement>(".u-over")!;
    vi.spyOn(over, "getBoundingClientRect").mockReturnValue({ left: 30 } as DOMRect);
    const captured = vi.spyOn(over, "setPointerCapture");
    const width = (right - left) / 2; // in the page's pixels
    over.dispatchEvent(pointer("pointermove", 30 + width / 2, 0));
    expect(move).not.toHaveBeenCalled();
    over.dispatchEvent(pointer("pointerdown", 30 + 0.71 * width));
    expect(move).toHaveBeenLastCalledWith(14);
    expect(captured).toHaveBeenCalledWith(3);
    over.dispatchEvent(pointer("pointermove", 30 + 0.33 * width));
    expect(move).toHaveBeenLastCalledWith(7); // 3.3 ms lies nearer 3.5 than 3
    over.dispatchEvent(pointer("pointermove", 30 - 50));
    expect(move).toHaveBeenLastCalledWith(0);
    over.dispatchEvent(pointer("pointermove", 30 + 2 * width));
    expect(move).toHaveBeenLastCalledWith(20);
    expect(move).toHaveBeenCalledTimes(4);
    expect([over.style.touchAction, over.style.cursor]).toEqual(["pan-y", "ew-resize"]);
  });
  test("takes the earlier of two times as near", async () => {
    const { box, left, right } = await woken("Traces", 6, {
      ...frame,
      t: Float64Array.from(list("t"), Math.round),
    });
    const over = box.querySelector<HTMLElement>(".u-over")!;
    vi.spyOn(over, "getBoundingClientRect").mockReturnValue({ left: 0 } as DOMRect);
    over.dispatchEvent(pointer("pointerdown", (0.05 * (right - left)) / 2));
    expect(move).toHaveBeenCalledExactlyOnceWith(0);
  });
  test.each(["Logarithms", "Plane"])("is not on %s", async (title) => {
    const { box } = await woken(title, 6);
    const over = box.querySelector<HTMLElement>(".u-over")!;
    over.dispatchEvent(pointer("pointerdown", 100));
    expect(move).not.toHaveBeenCalled();
    expect(over.style.touchAction).toBe("");
  });
});

describe("plane", () => {
  test("draws curves, dots on those that run in time, and points", async () => {
    const { all, x, y } = await woken("Plane", 6);
    const ranges: [[number, number], [number, number]] = [
      [-2, 2],
      [-1, 2],
    ];
    const spots = (a: string, b: string): Spot[] =>
      list(a).map((value, i) => [x(value, ranges[0]), y(list(b)[i], ranges[1])]);
    const [still] = lines(all, "the-k");
    same(still, spots("px", "py"));
    expect([still.dash, still.width, still.clipped]).toEqual([[12, 8], 4, true]);
    const [moving] = lines(all, "the-v");
    same(moving, spots("t", "v"));
    expect(moving.dash).toEqual([]);
    expect(dots(all, "the-k")).toEqual([]);
    same(dots(all, "the-v")[0], [spots("t", "v")[6]]);
    same(dots(all, "the-na")[0], [[x(list("hole")[0], ranges[0]), y(list("level")[0], ranges[1])]]);
    expect(lines(all, "the-cursor")).toEqual([]);
    expect(words(all)).toEqual(expect.arrayContaining(["x", "y", "−2", "1"]));
  });
  test("has no dots in a lab without time", async () => {
    const [index, box] = panel("Plane");
    chart(everything.spec.panels[index] as Kind<"plane">, box, "", move)(frame, -1);
    await drawing();
    expect(dots(marks(box), "the-v")).toEqual([]);
    expect(dots(marks(box), "the-na").length).toBe(1);
  });
  test("follows a new frame", async () => {
    const { drawn, box } = await woken("Plane", 6);
    drawn(other, 6);
    await drawing();
    const { all, x, y } = area(box);
    const spots = list("t", second).map((t, i): Spot => [
      x(t, [-2, 2]),
      y(list("v", second)[i], [-1, 2]),
    ]);
    same(lines(all, "the-v")[0], spots);
  });
});

describe("map", () => {
  const steps = [
    [68, 1, 84],
    [253, 231, 37],
  ];
  test("is coloured in, its first row at the foot, over its axes' own ranges", async () => {
    const { all, left, top, right, bottom, x } = await woken("Map", 6);
    const [drawn] = all.filter(({ kind }) => kind === "image");
    same(drawn, [
      [left, top],
      [right, bottom],
    ]);
    expect(drawn.clipped).toBe(true);
    const { data, width, height } = drawn.image!;
    expect([width, height]).toEqual([21, 4]);
    for (let row = 0; row < 4; row++)
      for (let column = 0; column < 21; column++) {
        const at = 4 * (21 * (3 - row) + column);
        const value = list("space")[21 * row + column];
        expect(data[at + 3]).toBe(255);
        if (value <= -30) expect([...data.slice(at, at + 3)]).toEqual(steps[0]);
        if (value >= 30) expect([...data.slice(at, at + 3)]).toEqual(steps[1]);
        if (Math.abs(value) < 1e-9) expect([...data.slice(at, at + 3)]).toEqual([33, 145, 140]);
      }
    expect(lines(all, "the-cursor")[0].spots[0][0]).toBeCloseTo(x(list("t")[6], [0, 10]), 0);
    expect(words(all)).toEqual(expect.arrayContaining(["time", "place", "10", "3"]));
  });
  test("matches the drawn axon, column by column", async () => {
    const { all } = await woken("Map", 6);
    const [index, box] = panel("Axon");
    const show = axon(everything.spec.panels[index] as Kind<"axon">, box);
    const { data } = all.find(({ kind }) => kind === "image")!.image!;
    for (const column of [0, 5, 20]) {
      show(frame, column);
      const fills = [...box.querySelectorAll(".nc-core")].map((core) => core.getAttribute("fill"));
      fills.forEach((fill, row) => {
        const at = 4 * (21 * (3 - row) + column);
        expect(fill).toBe(`rgb(${data[at]} ${data[at + 1]} ${data[at + 2]})`);
      });
    }
  });
  test("is coloured in again for a new frame only, and is under the hand", async () => {
    const { drawn, box } = await woken("Map", 6);
    const image = () => marks(box).find(({ kind }) => kind === "image")!.image;
    const before = image();
    drawn(frame, 9);
    await drawing();
    expect(image()).toBe(before);
    drawn(other, 9);
    await drawing();
    expect(image()).not.toBe(before);
    expect(box.querySelector<HTMLElement>(".u-over")!.style.cursor).toBe("ew-resize");
  });
  test("follows its axes where a frame changes them", async () => {
    const wide: Frame = { ...frame, t: Float64Array.from(list("t"), (t) => 3 * t) };
    const { all } = await woken("Map", 6, wide);
    expect(words(all)).toContain("30");
  });
});

test("every chart of the lab is a chart that can be drawn again, resized and forgotten", async () => {
  for (const title of ["Traces", "Plane", "Map"]) {
    const drawn: Drawn = (await woken(title, 6)).drawn;
    expect(typeof drawn.redraw === "function" && typeof drawn.resize === "function").toBe(true);
  }
});
