// The history as a sequence chart: one numbered band for each step, which leads back to it.

import { h } from "./dom.js";
import { inputWords, returnWords } from "./words.js";

export const LANES = ["application", "target", "peer"];

/** The arrows of a step in order of time, between the lanes of application, target and peer. */
export function arrows({ input, output }, [application, target, peer] = [0, 1, 2]) {
  const given = {
    call: { kind: "call", from: application, to: target },
    deliver: { kind: "delivery", from: peer, to: target },
    environment: { kind: "disturbance", from: target, to: peer },
    network: { kind: "disturbance", from: target, to: peer },
  }[input.kind];
  const found = [{ ...given, text: inputWords(input) }];
  for (const name of output.emissions) found.push({ kind: "emission", from: target, to: peer, text: `!${name}` });
  if (output.code !== null) found.push({ kind: "return", from: target, to: application, text: returnWords(output) });
  return found;
}

function drawnArrow({ kind, from, to, text }, index) {
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  const way = from < to ? "rightwards" : "leftwards";
  return h("span", { class: `arrow ${kind} ${way}`, style: `grid-area: ${index + 1} / ${left + 2} / auto / ${right + 2}` }, text);
}

export class Chart {
  /** A chart that calls `chosen(count)` when the reader wants to stand behind so many steps. */
  constructor(lanes, chosen) {
    this.chosen = chosen;
    this.drawn = [];
    this.list = h("ol", { class: "steps" });
    const heads = lanes.map((lane, number) => {
      const outer = number === 0 ? `2; text-align: left` : `-2 / -1; text-align: right`;
      const inner = number > 0 && number < lanes.length - 1;
      return h("span", { style: `grid-row: 1; grid-column: ${inner ? `${number + 1} / ${number + 3}` : outer}` }, lane);
    });
    this.element = h("div", { class: "chart", style: `--gaps: ${lanes.length - 1}` }, h("div", { class: "lanes" }, heads), this.list);
  }

  /**
   * Show `steps`, standing behind the first `at` of them.
   *
   * Each has `arrows`, where a phase was reached its name in `reached` and the number of its lane, and a `remark`.
   */
  show(steps, at) {
    let same = 0;
    while (same < this.drawn.length && this.drawn[same] === steps[same]) same++;
    while (this.list.children.length > same) this.list.lastChild.remove();
    steps.slice(same).forEach((step, offset) => this.list.append(this.#band(step, same + offset + 1)));
    this.drawn = steps;
    [...this.list.children].forEach((band, index) => {
      band.classList.toggle("undone", index >= at);
      band.firstChild.toggleAttribute("aria-current", index === at - 1);
    });
    this.#scrollTo(this.list.children[at - 1]);
  }

  /** Bring a band into sight by moving the chart alone, never the page around it. */
  #scrollTo(band) {
    const [top, height] = band ? [band.offsetTop, band.offsetHeight] : [0, 0];
    const { scrollTop, clientHeight } = this.element;
    const least = top + height - clientHeight;
    if (scrollTop < least || scrollTop > top) this.element.scrollTop = Math.max(0, Math.min(top, least));
  }

  #band({ arrows, reached, lane, remark, departure }, number) {
    const row = arrows.length + (arrows.length === 1);
    const cell = lane > 1 ? `${row} / ${lane + 1}; justify-self: end` : `${row} / 3`;
    const badge = reached ? h("span", { class: "reached", style: `grid-area: ${cell}` }, reached) : "";
    const button = h("button", { type: "button", class: "number", "aria-label": `Step ${number}: stand here`, onclick: () => this.chosen(number) }, String(number));
    const words = remark ? h("span", { class: "remark" }, remark) : "";
    return h("li", { class: departure ? "departing" : "" }, button, arrows.map(drawnArrow), badge, words);
  }
}
