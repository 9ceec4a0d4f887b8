// @vitest-environment node
// What the site's scripts fetch: what is wrong with an answer, a second try, and patience.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fault, get, getSoon, misfit, nameOf, PATIENCE, whyNot } from "../../book/_web/fetching";

const home = "https://book.example/_static/";
const bytes = (length: number) => new Uint8Array(length).fill(7);
const answer = (status: number, type: string | null, body: BodyInit = bytes(4)) =>
  new Response(status === 204 ? null : body, {
    status,
    headers: type === null ? {} : { "Content-Type": type },
  });
function broken(): Response {
  const body = new ReadableStream<Uint8Array>(
    {
      start(control) {
        control.enqueue(bytes(1_500_000));
      },
      pull(control) {
        control.error(new Error("cut"));
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "Content-Type": "application/zip" } });
}

const fetched = vi.fn<typeof fetch>();
beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
  vi.stubGlobal("self", globalThis);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a file's name is the last of its address", () => {
  expect(nameOf(`${home}a/b.js?v=1#x`)).toBe("b.js");
  expect(nameOf("https://book.example/")).toBe("");
});

describe("an answer's head", () => {
  test.each([
    ["a.js", 200, "text/javascript"],
    ["a.js", 200, "Application/JavaScript; charset=utf-8"],
    ["a.js", 200, " text/ecmascript "],
    ["a.whl", 200, null],
    ["a.wasm", 200, "application/octet-stream"],
    ["index.html", 200, "text/html"],
    ["folder", 200, "text/html"],
  ])("%s with %d and %s is good", (name, status, type) => {
    expect(fault(name, answer(status, type))).toBe("");
  });
  test.each([
    [
      "a.js",
      500,
      "text/javascript",
      "the site fails at a.js (500). Its owner finds the reason in the server's log",
    ],
    ["a.js", 599, null, "the site fails at a.js (599)"],
    [
      "a.zip",
      404,
      "text/html",
      "the site does not hand out a.zip (404). Its owner has to upload this file and allow the file type .zip",
    ],
    ["a.zip", 499, "text/html", "the site does not hand out a.zip (499)."],
    ["a.zip", 204, null, "the site does not hand out a.zip (204)."],
    [
      "a.b.whl",
      200,
      "text/html; charset=utf-8",
      "the site answers with a web page where a.b.whl should come. Its owner has to upload this file and allow the file type .whl",
    ],
    [
      "a.js",
      200,
      "text/plain",
      "the site hands out a.js as text/plain. Its owner has to serve the file type .js as text/javascript",
    ],
    ["a.js", 200, null, "the site hands out a.js as a file without a type."],
    ["a.js", 200, "text/javascriptx", "the site hands out a.js as text/javascriptx."],
  ])("%s with %d and %s is told", (name, status, type, words) => {
    expect(fault(name, answer(status, type))).toContain(words);
  });
});

test("a size is held to, but a text's, which may be rewritten on its way", () => {
  expect(misfit("a.wasm", 5, 5)).toBe("");
  expect(misfit("a.wasm", 5, undefined)).toBe("");
  expect(misfit("a.wasm", 4, 5)).toBe(
    "a.wasm has 4 bytes where the book was built with 5. Its owner has to upload the whole site again, as it was built",
  );
  expect(misfit("a.wasm", 4, 0)).toContain("built with 0");
  for (const name of ["a.js", "a.json", "a.ipynb", "a.html"]) expect(misfit(name, 4, 5)).toBe("");
  for (const name of ["a.jsx", "ajs", "a.js.gz"]) expect(misfit(name, 4, 5)).not.toBe("");
});

describe("a fetched file", () => {
  test("comes whole, and says how much is there", async () => {
    const body = new ReadableStream<Uint8Array>({
      start(control) {
        control.enqueue(Uint8Array.of(1, 2));
        control.enqueue(Uint8Array.of(3));
        control.close();
      },
    });
    fetched.mockResolvedValue(new Response(body));
    const arrived = vi.fn();
    expect([...(await get(`${home}a.zip`, 3, arrived))]).toEqual([1, 2, 3]);
    expect(arrived.mock.calls).toEqual([[2], [3]]);
    expect(fetched).toHaveBeenCalledExactlyOnceWith(`${home}a.zip`, {
      cache: "default",
      signal: undefined,
    });
  });
  test.each([
    ["a bad head", () => Promise.resolve(answer(404, null))],
    ["a wrong size", () => Promise.resolve(answer(200, null, bytes(2)))],
    ["no answer", () => Promise.reject(new TypeError("network"))],
    ["an end before its time", () => Promise.resolve(broken())],
  ])("is asked for once more, past every cache, after %s", async (_, bad) => {
    fetched.mockImplementationOnce(bad).mockResolvedValueOnce(answer(200, null, bytes(3)));
    const arrived = vi.fn();
    expect((await get(`${home}a.zip`, 3, arrived)).length).toBe(3);
    expect(fetched.mock.calls[1][1]).toMatchObject({ cache: "reload" });
    expect(arrived.mock.calls.slice(-2)).toEqual([[0], [3]]);
  });
  test.each([
    ["the site does not answer", () => Promise.reject(new TypeError("network"))],
    [
      "the site does not hand out a.zip (404). Its owner has to upload this file and allow the file type .zip",
      () => Promise.resolve(answer(404, null)),
    ],
    [
      "a.zip broke off after 1.5 of 3.0 MB. If it does so again, its owner has to look at the length and the compression that the server declares",
      () => Promise.resolve(broken()),
    ],
    [
      "a.zip has 2 bytes where the book was built with 3000000. Its owner has to upload the whole site again, as it was built",
      () => Promise.resolve(answer(200, null, bytes(2))),
    ],
  ])("that fails twice says %s", async (words, bad) => {
    fetched.mockImplementation(bad);
    await expect(get(`${home}a.zip`, 3_000_000)).rejects.toThrow(new Error(words));
    expect(fetched).toHaveBeenCalledTimes(2);
  });
  test("of unknown size says how much came", async () => {
    fetched.mockImplementation(() => Promise.resolve(broken()));
    await expect(get(`${home}a.zip`)).rejects.toThrow("a.zip broke off after 1.5 MB.");
  });
  test("with a bad head is not read on", async () => {
    const cancelled = vi.fn();
    fetched.mockImplementation(() =>
      Promise.resolve(new Response(new ReadableStream({ cancel: cancelled }), { status: 404 })),
    );
    await expect(get(`${home}a.zip`)).rejects.toThrow();
    expect(cancelled).toHaveBeenCalledTimes(2);
  });
});

describe("what the page waits for", () => {
  const hangs: typeof fetch = (_, options) =>
    new Promise((_, reject) => {
      const signal = options!.signal!;
      const end = () => reject(new Error("aborted"));
      if (signal.aborted) end();
      signal.addEventListener("abort", end);
    });

  test("comes, and no clock runs on", async () => {
    vi.useFakeTimers();
    fetched.mockResolvedValue(answer(200, null, bytes(3)));
    expect((await getSoon(`${home}a.ipynb`)).length).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });
  test("is given up when nothing comes for long", async () => {
    vi.useFakeTimers();
    fetched.mockImplementation(hangs);
    const words = expect(getSoon(`${home}a.ipynb`)).rejects.toThrow(
      new Error("nothing has come of a.ipynb for 15 s"),
    );
    await vi.advanceTimersByTimeAsync(PATIENCE - 1);
    expect(fetched).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    await vi.advanceTimersByTimeAsync(PATIENCE);
    await words;
    expect(vi.getTimerCount()).toBe(0);
  });
  test("has its time again with every piece that comes", async () => {
    vi.useFakeTimers();
    let control: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({ start: (one) => void (control = one) });
    fetched.mockResolvedValue(new Response(body));
    const whole = getSoon(`${home}a.ipynb`);
    for (let i = 0; i < 3; i++) {
      await vi.advanceTimersByTimeAsync(PATIENCE - 1);
      control!.enqueue(bytes(1));
    }
    await vi.advanceTimersByTimeAsync(1);
    control!.close();
    expect((await whole).length).toBe(3);
  });
  test("has its own words where it fails by itself", async () => {
    fetched.mockRejectedValue(new TypeError("network"));
    await expect(getSoon(`${home}a.ipynb`)).rejects.toThrow(new Error("the site does not answer"));
  });
});

test("a script that did not load is told why", async () => {
  fetched.mockResolvedValueOnce(answer(200, "text/javascript"));
  expect(await whyNot(`${home}live.js`)).toBe("live.js did not run");
  fetched.mockImplementation(() => Promise.resolve(answer(403, null)));
  expect(await whyNot(`${home}live.js`)).toContain("the site does not hand out live.js (403)");
});
