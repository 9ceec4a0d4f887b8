// What the search shows of a page: its words, with each equation once.

export {}; // a module, as its tests need
declare const Search: { htmlToText(html: string, anchor?: string): string }; // Sphinx's own

// Not words, or an equation for the ear beside the one for the eye; a displayed one makes no sentence.
const LEFT_OUT = ".headerlink, script, style, .katex-mathml, .katex-display, .eqno";

Search.htmlToText = (html, anchor) => {
  // The policy of this page allows its own handlers, not another page's, which nobody wants here.
  const page = new DOMParser().parseFromString(html.replace(/\son\w+="[^"]*"/g, ""), "text/html");
  page.querySelectorAll(LEFT_OUT).forEach((part) => part.remove());
  const main = page.querySelector('[role="main"]');
  return ((anchor && main?.querySelector(anchor)) || main)?.textContent ?? "";
};
