// Canvases that draw nothing and note everything, since they were last cleared.

export type Spot = [number, number];
export interface Mark {
  kind: "line" | "dot" | "text" | "image" | "clip";
  spots: Spot[];
  style: string;
  width: number;
  dash: number[];
  alpha: number;
  clipped: boolean;
  text: string;
  image?: ImageData;
  closed?: number; // the angle that a dot spans
}

export class Path {
  spots: Spot[] = [];
  arcs: [number, number, number, number][] = [];
  moveTo(x: number, y: number): void {
    this.spots.push([x, y]);
  }
  lineTo(x: number, y: number): void {
    this.spots.push([x, y]);
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.spots.push([x, y], [x + width, y + height]);
  }
  arc(x: number, y: number, radius: number, from: number, to: number): void {
    this.arcs.push([x, y, radius, to - from]);
  }
  addPath(): void {}
}

export class Recorder {
  marks: Mark[] = [];
  image?: ImageData;
  strokeStyle = "";
  fillStyle = "";
  lineWidth = 1;
  globalAlpha = 1;
  font = "";
  textAlign = "";
  textBaseline = "";
  lineJoin = "";
  lineCap = "";
  private dash: number[] = [];
  private clipped = false;
  private path = new Path();
  private kept: [string, string, number, number, number[], boolean][] = [];

  constructor(readonly canvas: HTMLCanvasElement) {}

  private note(kind: Mark["kind"], style: string, more: Partial<Mark>): void {
    const { lineWidth: width, dash, globalAlpha: alpha, clipped } = this;
    this.marks.push({ kind, spots: [], style, width, dash, alpha, clipped, text: "", ...more });
  }
  save(): void {
    const { strokeStyle, fillStyle, lineWidth, globalAlpha, dash, clipped } = this;
    this.kept.push([strokeStyle, fillStyle, lineWidth, globalAlpha, dash, clipped]);
  }
  restore(): void {
    [this.strokeStyle, this.fillStyle, this.lineWidth, this.globalAlpha, this.dash, this.clipped] =
      this.kept.pop()!;
  }
  beginPath(): void {
    this.path = new Path();
  }
  moveTo(x: number, y: number): void {
    this.path.moveTo(x, y);
  }
  lineTo(x: number, y: number): void {
    this.path.lineTo(x, y);
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.path.rect(x, y, width, height);
  }
  arc(...place: [number, number, number, number, number]): void {
    this.path.arc(...place);
  }
  clip(path?: Path): void {
    this.clipped = true;
    this.note("clip", "", { spots: (path ?? this.path).spots });
  }
  stroke(path?: Path): void {
    this.note("line", this.strokeStyle, { spots: (path ?? this.path).spots });
  }
  fill(path?: Path): void {
    for (const [x, y, radius, closed] of (path ?? this.path).arcs)
      this.note("dot", this.fillStyle, { spots: [[x, y]], width: radius, closed });
  }
  setLineDash(dash: number[]): void {
    this.dash = dash;
  }
  fillText(text: string, x: number, y: number): void {
    this.note("text", this.fillStyle, { spots: [[x, y]], text });
  }
  measureText(text: string): { width: number } {
    return { width: 7 * text.length };
  }
  clearRect(): void {
    this.marks = [];
  }
  putImageData(image: ImageData, x: number, y: number): void {
    if (x === 0 && y === 0) this.image = image;
  }
  drawImage(canvas: HTMLCanvasElement, x: number, y: number, width: number, height: number): void {
    const spots: Spot[] = [
      [x, y],
      [x + width, y + height],
    ];
    this.note("image", "", { spots, image: canvasOf(canvas).image });
  }
  translate(): void {}
  rotate(): void {}
  scale(): void {}
}

const recorders = new WeakMap<HTMLCanvasElement, Recorder>();
export function canvasOf(canvas: HTMLCanvasElement): Recorder {
  if (!recorders.has(canvas)) recorders.set(canvas, new Recorder(canvas));
  return recorders.get(canvas)!;
}

/** What a panel's canvas shows. */
export const marks = (panel: Element): Mark[] => canvasOf(panel.querySelector("canvas")!).marks;
