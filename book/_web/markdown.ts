// Markdown with equations, as `ask` gives it, set as the build sets a page's own.

import { Marked } from "marked";
import katex from "marked-katex-extension";

const marked = new Marked(katex({ nonStandard: true, throwOnError: false }));
window.markdown = (words) =>
  marked
    .parse(words, { async: false })
    .replaceAll("<table>", '<div class="pst-scrollable-table-container"><table class="table">')
    .replaceAll("</table>", "</table></div>");
