// What the search shows of a page.

import { beforeAll, expect, test, vi } from "vitest";

interface Sphinx {
  htmlToText(html: string, anchor?: string): string;
}
const sphinx = { htmlToText: () => "Sphinx's own" } as Sphinx;
beforeAll(async () => {
  vi.stubGlobal("Search", sphinx);
  await import("../../book/_web/search");
});
const page = (inner: string) =>
  `<html><body><nav>Menu</nav><div role="main">${inner}</div><footer>Foot</footer></body></html>`;

test("the words of the page itself", () => {
  expect(sphinx.htmlToText(page("<h1>Rest</h1><p>At rest.</p>"))).toBe("RestAt rest.");
});
test("the part that a link leads to, or the whole where there is no such part", () => {
  const html = page('<p>Before.</p><section id="gate">A gate.</section>');
  expect(sphinx.htmlToText(html, "#gate")).toBe("A gate.");
  expect(sphinx.htmlToText(html, "#none")).toBe("Before.A gate.");
  expect(sphinx.htmlToText(html, "")).toBe("Before.A gate.");
});
test("nothing of a page without words of its own", () => {
  expect(sphinx.htmlToText("<html><body><p>Other</p></body></html>")).toBe("");
  expect(sphinx.htmlToText("<html><body><p id='a'>Other</p></body></html>", "#a")).toBe("");
});
test.each(["headerlink", "katex-mathml", "katex-display", "eqno"])("no %s", (name) => {
  const html = page(`<p>One<span class="${name}">no</span> two<b class="${name}">no</b></p>`);
  expect(sphinx.htmlToText(html)).toBe("One two");
});
test.each(["script", "style"])("no %s", (name) => {
  expect(sphinx.htmlToText(page(`<p>One</p><${name}>no</${name}>`))).toBe("One");
});
test("no handlers of another page, and its words all the same", () => {
  const parsed = vi.spyOn(DOMParser.prototype, "parseFromString");
  const html = page(
    '<img\nonerror="f(1)" src="x"><a onclick="g()" href="#" onfocus="">Go on="no"</a>',
  );
  expect(sphinx.htmlToText(html)).toBe('Go on="no"');
  const [[seen, kind]] = parsed.mock.calls;
  expect(seen).not.toMatch(/onerror|onclick|onfocus|f\(1\)|g\(\)/);
  expect(seen).toContain('src="x"');
  expect(kind).toBe("text/html");
});
