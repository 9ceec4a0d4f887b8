import subprocess
import sys

import matplotlib
import pytest
from IPython.core.interactiveshell import InteractiveShell

from neurocore import plots

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def close_figures():
    import matplotlib.pyplot as plt

    with matplotlib.rc_context():
        yield
    plt.close("all")


def luminance(colour):
    """Relative luminance as the Web Content Accessibility Guidelines 2.2 define it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_importing_the_house_style_does_not_load_matplotlib():
    code = "import sys, neurocore.plots; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_roles_keep_their_colours():
    assert {role: plots.COLOUR[role] for role in plots.NAME} == {
        "V": "#24292f",
        "K": "#0065a8",
        "Na": "#b34700",
        "Cl": "#00735a",
        "Ca": "#97306f",
        "anions": "#6b6b00",
    }


@pytest.mark.parametrize("role", plots.COLOUR)
def test_every_colour_can_be_read_as_text_on_white(role):
    assert 1.05 / (luminance(plots.COLOUR[role]) + 0.05) >= 4.5


def test_figures_begin_in_the_house_style():
    figure, axes = plots.figure()
    assert tuple(figure.get_size_inches()) == (6.0, 3.6)
    assert figure.get_facecolor() == axes.get_facecolor() == (1, 1, 1, 1)
    assert not axes.spines["top"].get_visible()
    axes.set_xlabel("Time (ms)")
    texts = [axes.xaxis.label, *axes.get_xticklabels(), plots.label(axes, 0, 0, "K⁺", "K")]
    assert min(text.get_fontsize() for text in texts) >= 10


def test_panels_and_options_reach_matplotlib():
    figure, axes = plots.figure(2, 1, height=5.0, sharex=True)
    assert axes.shape == (2,)
    assert axes[0].get_shared_x_axes().joined(*axes)
    assert figure.get_size_inches()[1] == 5.0


def test_a_label_stands_at_its_place_in_the_colour_of_its_role():
    _, axes = plots.figure()
    text = plots.label(axes, 2, 3, "K⁺", "K", ha="right")
    assert (text.get_text(), text.get_position()) == ("K⁺", (2, 3))
    assert (text.get_color(), text.get_ha()) == (plots.COLOUR["K"], "right")


def test_a_level_lies_at_its_value_and_is_named_at_its_end():
    _, axes = plots.figure()
    line = plots.level(axes, -66.57, "rest", "V")
    assert list(line.get_ydata()) == [-66.57, -66.57]
    assert (axes.texts[-1].get_text(), axes.texts[-1].xy) == ("rest", (1.0, -66.57))
    line = plots.level(axes, 4.0, along="y")
    assert list(line.get_xdata()) == [4.0, 4.0]
    assert len(axes.texts) == 1


@pytest.mark.parametrize("call", [plots.label, plots.level])
def test_a_role_without_a_colour_is_refused(call):
    _, axes = plots.figure()
    arguments = (0, 0, "Mg") if call is plots.label else (0, "Mg")
    with pytest.raises(ValueError, match=r"role must be one of V, K, Na.*got 'Mg'"):
        call(axes, *arguments, role="Mg")


def test_a_level_along_no_axis_is_refused():
    _, axes = plots.figure()
    with pytest.raises(ValueError, match="along must be 'x' or 'y'; got 'z'"):
        plots.level(axes, 0, along="z")


def test_two_figures_alike_give_the_same_svg(tmp_path):
    files = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for file in files:
        figure, axes = plots.figure()
        axes.plot([0, 1], [0, 1])
        plots.label(axes, 0.5, 0.5, "$V_m$")
        figure.savefig(file, metadata={"Date": None})
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_notebook_shows_figures_as_svg_without_a_date():
    shell = InteractiveShell.instance()
    try:
        figure, _ = plots.figure()
        shown, _ = shell.display_formatter.format(figure)
    finally:
        InteractiveShell.clear_instance()
    assert "<svg" in shown["image/svg+xml"]
    assert "<dc:date>" not in shown["image/svg+xml"]
