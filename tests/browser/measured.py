"""How large and how fast the explorer is; ``python -m tests.browser.measured`` writes it down."""

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.browser.chromium import launched
from tlsmodel.cli.page import written

OPENINGS, STEPS = 5, 200
LARGEST = "dtls12-client"
"""The machine that is stepped through."""
LIMITS = {"megabytes": 5, "opening": 2000, "step": 50}
"""What the page must keep: megabytes, milliseconds to open, milliseconds for a step."""
WALK = """async (steps) => {
    const stepper = document.querySelector(".stepper").stepper;
    const taken = [];
    for (let number = 0; number < steps; number++) {
        if (stepper.buttons.next.disabled) stepper.reset();
        const begun = performance.now();
        stepper.buttons.next.click();
        await Promise.resolve();
        document.body.getBoundingClientRect();
        taken.push(performance.now() - begun);
    }
    return taken;
}"""
PAGE = """# How large and how fast the explorer is

Measured in {browser} on the page with all {count} machines, as the browser tests do; a step counts from the
click to the finished layout. This page is written by `python -m tests.browser.measured`.

| | measured | must stay under |
|---|--:|--:|
| size | {megabytes:.2f} MB | {limits[megabytes]} MB |
| open from disk, median of {openings} | {opening:.0f} ms | {limits[opening]} ms |
| a step, median of {steps} | {step:.1f} ms | {limits[step]} ms |
| a step, 95 of 100 are under | {slow_step:.1f} ms | {limits[step]} ms |
"""


@dataclass(frozen=True)
class Measured:
    """One measurement of one page; times in milliseconds."""

    machines: int
    megabytes: float
    openings: tuple[float, ...]
    steps: tuple[float, ...]

    @property
    def opening(self):
        """The usual time until the page is ready."""
        return median(self.openings)

    @property
    def step(self):
        """The usual time of a step."""
        return median(self.steps)

    @property
    def slow_step(self):
        """95 of 100 steps are quicker."""
        return sorted(self.steps)[len(self.steps) * 95 // 100]


def measured(browser, path: Path) -> Measured:
    """Open the page at `path` some times, and step through the largest machine."""
    tab = browser.new_page()
    openings = []
    for _ in range(OPENINGS):
        tab.goto("about:blank")
        tab.goto(path.as_uri())
        tab.wait_for_selector("html[data-ready]")
        openings.append(float(tab.get_attribute("html", "data-ready")))
    tab.locator("#machine").select_option(LARGEST)
    tab.wait_for_url(f"**#{LARGEST}")
    steps = tab.evaluate(WALK, STEPS)
    machines = tab.locator("#machine option").count()
    tab.close()
    return Measured(machines, path.stat().st_size / 1e6, tuple(openings), tuple(steps))


def main() -> None:
    """Measure the page with every machine and write what came of it."""
    with TemporaryDirectory() as directory, launched() as browser:
        path = Path(directory) / "explorer.html"
        path.write_text(written(()), "utf-8")
        found = measured(browser, path)
        words = PAGE.format(
            browser=f"Chromium {browser.version}",
            count=found.machines,
            limits=LIMITS,
            megabytes=found.megabytes,
            openings=OPENINGS,
            opening=found.opening,
            steps=STEPS,
            step=found.step,
            slow_step=found.slow_step,
        )
    Path("docs/explorer.md").write_text(words, "utf-8")


if __name__ == "__main__":
    main()
