// A browser as far as the labs need one: happy-dom, with canvases that note what is drawn.

import { canvasOf, Path, Recorder } from "./drawing";

const names = ["ink", "grid", "cursor", "v", "k", "na", "ca"]; // and no colour for chloride
class Pixels {
  data: Uint8ClampedArray;
  constructor(
    public width: number,
    public height: number,
  ) {
    this.data = new Uint8ClampedArray(4 * width * height);
  }
}
for (const [name, value] of Object.entries({
  devicePixelRatio: 2,
  Path2D: Path,
  ImageData: Pixels,
}))
  Object.defineProperty(globalThis, name, { configurable: true, value });
Object.defineProperty(HTMLCanvasElement.prototype, "getContext", {
  value(this: HTMLCanvasElement): Recorder {
    return canvasOf(this);
  },
});
for (const [name, size] of [
  ["clientWidth", 500],
  ["clientHeight", 250],
] as const)
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, value: size });
HTMLElement.prototype.setPointerCapture = () => {};
Element.prototype.scrollIntoView = () => {};

const style = document.createElement("style");
style.textContent = `* { ${names.map((name) => `--nc-${name}: the-${name};`).join(" ")} }`;
document.head.append(style);
