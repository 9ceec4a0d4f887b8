"""A student at the keyboard of a live cell."""


def text(cell):
    """Read what stands in a cell's editor."""
    lines = cell.locator(".cm-line").evaluate_all("lines => lines.map((line) => line.textContent)")
    return "\n".join(lines)


def write(cell, code, delay=0):
    """Replace a cell's code by typing it, the editor's own indentation put right as by hand."""
    keyboard = cell.page.keyboard
    cell.locator(".cm-content").click()
    keyboard.press("Control+a")
    keyboard.press("Backspace")
    for number, line in enumerate(code.split("\n")):
        body = line.lstrip(" ")
        if number:
            keyboard.press("Enter")
            while len(text(cell).split("\n")[number]) > len(line) - len(body):
                keyboard.press("Backspace")
            body = line[len(text(cell).split("\n")[number]) :]
        keyboard.type(body, delay=delay)
    assert text(cell) == code
