// The panels of a lab: charts by uPlot, bars and drawings by moving what
// neurocore/labs/picture.py has drawn.

import uPlot from "uplot";
import { Frame } from "./table";

interface Part {
  output: string;
  label: string;
  role: string;
  dash?: boolean;
}
interface Spot {
  x: string;
  y: string;
  role: string;
}
interface Axes {
  x_label: string;
  y_label: string;
  x_ticks: number[];
  y_ticks: number[];
  x_range: [number, number];
  y_range: [number, number];
  x_log: boolean;
  y_log: boolean;
}
interface Traces extends Axes {
  kind: "traces";
  x: string;
  lines: Part[];
  levels: Part[];
  points: Spot[];
  keep: boolean;
}
interface Plane extends Axes {
  kind: "plane";
  curves: (Spot & { dash: boolean })[];
  points: Spot[];
}
interface Map {
  kind: "map";
  output: string;
  x: string;
  y: string;
  x_label: string;
  y_label: string;
  range: [number, number];
  colours: string[];
}
interface Bars {
  kind: "bars";
  bars: Part[];
  range: [number, number];
  digits: number;
}
interface Channels {
  kind: "channels";
  m: string;
  h: string;
  n: string;
}
interface Axon {
  kind: "axon";
  output: string;
  y: string;
  myelin: string;
  range: [number, number];
  colours: string[];
}
export type PanelSpec = Traces | Plane | Map | Bars | Channels | Axon;

// Shows a frame at a place of the time cursor; charts also follow themes and sizes.
export type Drawn = ((frame: Frame, cursor: number) => void) & {
  redraw?(): void;
  resize?(): void;
  forget?(): void;
};

export function number(value: number, digits: number, sign = ""): string {
  if (!Number.isFinite(value)) return "–";
  const text = Math.abs(value).toFixed(digits);
  return (Number(text) === 0 ? "" : value < 0 ? "−" : sign) + text;
}

export const scalar = (frame: Frame, name: string, cursor = -1): number => {
  const value = frame[name];
  if (typeof value === "number") return value;
  return value[cursor < 0 ? value.length - 1 : Math.min(cursor, value.length - 1)];
};
const list = (frame: Frame, name: string) => frame[name] as ArrayLike<number>;

// A colour scale as [red, green, blue] at any value.
function scale(colours: string[], [low, high]: [number, number]): (value: number) => number[] {
  const stops = colours.map((text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)));
  return (value) => {
    const place = Math.max(0, Math.min(1, (value - low) / (high - low))) * (stops.length - 1);
    const below = Math.min(Math.floor(place), stops.length - 2);
    return stops[below].map((part, i) =>
      Math.round(part + (place - below) * (stops[below + 1][i] - part)),
    );
  };
}

export function bars(spec: Bars, box: Element): Drawn {
  const [low, high] = spec.range;
  const place = (value: number) =>
    ((Math.max(low, Math.min(high, value)) - low) / (high - low)) * 100;
  const rows = [...box.querySelectorAll<HTMLElement>(".nc-bar")].map((row) => ({
    fill: row.querySelector<HTMLElement>(".nc-track i")!,
    text: row.querySelector("b")!,
  }));
  return (frame, cursor) =>
    spec.bars.forEach((bar, i) => {
      const value = scalar(frame, bar.output, cursor);
      const [a, b] = [place(0), place(value)].sort((x, y) => x - y);
      rows[i].fill.style.left = `${a}%`;
      rows[i].fill.style.width = `${b - a}%`;
      rows[i].text.textContent = number(value, spec.digits);
    });
}

export function channels(spec: Channels, box: Element): Drawn {
  const drawn = [...box.querySelectorAll<SVGElement>(".nc-channel")];
  const tally = box.querySelector(".nc-tally")!;
  return (frame, cursor) => {
    const [m, h, n] = [spec.m, spec.h, spec.n].map((name) => scalar(frame, name, cursor));
    const count = { na: 0, k: 0, plugged: 0 };
    for (const channel of drawn) {
      const kind = channel.dataset.kind as "na" | "k";
      const open = (kind === "na" ? m ** 3 : n ** 4) > Number(channel.dataset.opens);
      const plugged = kind === "na" && h < Number(channel.dataset.inactivates);
      channel.classList.toggle("nc-open", open);
      channel.classList.toggle("nc-plugged", plugged);
      if (plugged) count.plugged++;
      else if (open) count[kind]++;
    }
    tally.textContent = `Na⁺: ${count.na} of 10 open, ${count.plugged} inactivated. K⁺: ${count.k} of 8 open.`;
  };
}

export function axon(spec: Axon, box: Element): Drawn {
  const cores = [...box.querySelectorAll<SVGRectElement>(".nc-core")];
  const sheaths = [...box.querySelectorAll<SVGRectElement>(".nc-sheath")];
  const colour = scale(spec.colours, spec.range);
  return (frame, cursor) => {
    const values = list(frame, spec.output);
    const times = values.length / cores.length;
    const at = cursor < 0 ? times - 1 : Math.min(cursor, times - 1);
    cores.forEach((core, i) =>
      core.setAttribute("fill", `rgb(${colour(values[i * times + at]).join(" ")})`),
    );
    const myelin = list(frame, spec.myelin);
    sheaths.forEach((sheath, i) => {
      sheath.setAttribute("y", String(34 - 16 * myelin[i]));
      sheath.setAttribute("height", String(22 + 32 * myelin[i]));
    });
  };
}

export function chart(
  spec: Traces | Plane | Map,
  box: HTMLElement,
  time: string,
  move: (index: number) => void,
): Drawn {
  const holder = box.querySelector<HTMLElement>(".nc-plot")!;
  const label = holder.querySelector("svg")!.getAttribute("aria-label")!;
  const readings = [...box.querySelectorAll<HTMLElement>("[data-read]")];
  const height = holder.clientHeight || 240;
  const color = (role: string) =>
    getComputedStyle(box).getPropertyValue(`--nc-${role}`).trim() || "gray";
  const timed = spec.kind !== "plane" && spec.x === time;
  const lines = spec.kind === "traces" ? spec.lines : [];
  const picture = document.createElement("canvas");
  let frame: Frame | undefined;
  let cursor = -1;
  let kept: Frame[] = [];

  const paint = (u: uPlot, shown: Frame) => {
    const { ctx } = u;
    const ratio = devicePixelRatio;
    const x = (value: number) => u.valToPos(value, "x", true);
    const y = (value: number) => u.valToPos(value, "y", true);
    const stroke = (role: string, dash: boolean, path: () => void) => {
      ctx.strokeStyle = color(role);
      ctx.setLineDash(dash ? [6 * ratio, 4 * ratio] : []);
      ctx.beginPath();
      path();
      ctx.stroke();
    };
    const curve = (of: Frame, across: string, up: string, role: string, dash: boolean) =>
      stroke(role, dash, () => {
        const [a, b] = [list(of, across), list(of, up)];
        for (let i = 0; i < a.length; i++) ctx.lineTo(x(a[i]), y(b[i]));
      });
    const dot = (role: string, a: number, b: number) => {
      ctx.fillStyle = color(role);
      ctx.beginPath();
      ctx.arc(x(a), y(b), 6 * ratio, 0, 7);
      ctx.fill();
    };
    ctx.save();
    ctx.beginPath();
    ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    ctx.clip();
    ctx.lineWidth = 2 * ratio;
    if (spec.kind === "map")
      ctx.drawImage(picture, u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    if (spec.kind === "traces") {
      ctx.globalAlpha = 0.35;
      kept.forEach((old) =>
        lines.forEach((line) => curve(old, spec.x, line.output, line.role, false)),
      );
      ctx.globalAlpha = 1;
      for (const level of spec.levels)
        stroke(level.role, true, () => {
          const at = y(scalar(shown, level.output, cursor));
          ctx.moveTo(u.bbox.left, at);
          ctx.lineTo(u.bbox.left + u.bbox.width, at);
        });
    }
    if (spec.kind === "plane")
      for (const one of spec.curves) {
        curve(shown, one.x, one.y, one.role, one.dash);
        if (time && list(shown, one.x).length === list(shown, time).length)
          dot(one.role, scalar(shown, one.x, cursor), scalar(shown, one.y, cursor));
      }
    if (spec.kind !== "map")
      for (const point of spec.points)
        dot(point.role, scalar(shown, point.x, cursor), scalar(shown, point.y, cursor));
    if (timed && cursor >= 0)
      stroke("cursor", false, () => {
        const at = x(list(shown, time)[cursor]);
        ctx.moveTo(at, u.bbox.top);
        ctx.lineTo(at, u.bbox.top + u.bbox.height);
      });
    ctx.restore();
  };

  const colour = spec.kind === "map" ? scale(spec.colours, spec.range) : null;
  const colourIn = (map: Map) => {
    const columns = list(frame!, map.x).length;
    const rows = list(frame!, map.y).length;
    const values = list(frame!, map.output);
    [picture.width, picture.height] = [columns, rows];
    const image = new ImageData(columns, rows);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        image.data.set(
          [...colour!(values[row * columns + column]), 255],
          4 * ((rows - 1 - row) * columns + column),
        );
    picture.getContext("2d")!.putImageData(image, 0, 0);
  };

  const ends = (name: string): [number, number] => {
    const values = frame && list(frame, name);
    return values ? [values[0], values[values.length - 1]] : [0, 1];
  };
  const font = "13px system-ui, sans-serif";
  const axis = (text: string, ticks: number[] | undefined, size: number): uPlot.Axis => ({
    label: text.replaceAll("_", ""),
    size,
    labelSize: 20,
    labelGap: 0,
    gap: 4,
    font,
    labelFont: font,
    ...(ticks && { splits: () => ticks, filter: (_: uPlot, splits: number[]) => splits }),
    stroke: () => color("ink"),
    grid: { stroke: () => color("grid"), width: 1 },
    ticks: { show: false },
    values: (_, splits) => splits.map((tick) => String(+tick.toPrecision(6)).replace("-", "−")),
  });
  const [axes, scales]: [uPlot.Axis[], uPlot.Scales] =
    spec.kind === "map"
      ? [
          [axis(spec.x_label, undefined, 26), axis(spec.y_label, undefined, 44)],
          { x: { time: false, range: () => ends(spec.x) }, y: { range: () => ends(spec.y) } },
        ]
      : [
          [axis(spec.x_label, spec.x_ticks, 26), axis(spec.y_label, spec.y_ticks, 44)],
          {
            x: { time: false, range: spec.x_range, distr: spec.x_log ? 3 : 1 },
            y: { range: spec.y_range, distr: spec.y_log ? 3 : 1 },
          },
        ];
  const plot = new uPlot(
    {
      width: holder.clientWidth,
      height,
      axes,
      scales,
      series: [
        {},
        ...(lines.length ? lines : [{ role: "grid", dash: false }]).map((line) => ({
          stroke: () => color(line.role),
          width: 2,
          points: { show: false },
          dash: line.dash ? [6, 4] : undefined,
        })),
      ],
      // uPlot draws itself once before there is anything to show.
      legend: { show: false },
      cursor: { show: false },
      hooks: { draw: [(u) => frame && paint(u, frame)] },
    },
    [[0], [0], ...lines.slice(1).map(() => [0])],
    (u, init) => {
      (init as () => void)();
      holder.replaceChildren(u.root);
    },
  );
  holder.setAttribute("role", "img");
  holder.setAttribute("aria-label", label);

  if (timed) {
    const follow = (event: PointerEvent) => {
      const at = plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x");
      const times = list(frame!, time);
      let near = 0;
      for (let i = 1; i < times.length; i++)
        if (Math.abs(times[i] - at) < Math.abs(times[near] - at)) near = i;
      move(near);
    };
    plot.over.style.touchAction = "pan-y";
    plot.over.style.cursor = "ew-resize";
    plot.over.addEventListener("pointerdown", (event) => {
      plot.over.setPointerCapture(event.pointerId);
      follow(event);
    });
    plot.over.addEventListener("pointermove", (event) => event.buttons && follow(event));
  }

  const keep = box.querySelector<HTMLButtonElement>("[data-keep]");
  if (keep) {
    keep.hidden = false;
    keep.addEventListener("click", () => {
      kept = [...kept, frame!];
      plot.redraw(false);
    });
  }

  const update = (next: Frame, at: number) => {
    const fresh = next !== frame;
    frame = next;
    cursor = at;
    if (fresh && spec.kind === "map") colourIn(spec);
    if (fresh && spec.kind !== "plane") {
      const columns =
        spec.kind === "map"
          ? [list(next, spec.x), list(next, spec.x)]
          : [spec.x, ...lines.map((line) => line.output)].map((name) => list(next, name));
      plot.setData(columns as unknown as uPlot.AlignedData);
    } else plot.redraw(false);
    if (spec.kind !== "traces") return;
    const parts = [...spec.lines, ...spec.levels];
    const digits = spec.y_range[1] - spec.y_range[0] > 10 ? 1 : 2;
    readings.forEach((element, i) => {
      const single = typeof next[parts[i].output] === "number";
      element.textContent =
        single || timed ? number(scalar(next, parts[i].output, cursor), digits) : "";
    });
  };
  return Object.assign(update, {
    redraw: () => plot.redraw(false),
    resize: () => plot.setSize({ width: holder.clientWidth, height }),
    forget: () => {
      kept = [];
    },
  });
}
