// The stepper: one walk with its state, its enabled inputs, its picture and its history.

import { arrows, Chart, LANES } from "./chart.js";
import { Picture } from "./diagram.js";
import { cited, h } from "./dom.js";
import { End } from "./end.js";
import { inputWords, isQuiet, outputWords } from "./words.js";

export const KEYS = { n: "next", u: "undo", r: "redo", s: "reset" };

/** The buttons that every stepper has; `stepper` answers to their names. */
export function controls(stepper) {
  const button = (name, words) => h("button", { type: "button", class: name, onclick: () => stepper[name]() }, words);
  return { next: button("next", "Next"), undo: button("undo", "Undo"), redo: button("redo", "Redo"), reset: button("reset", "Start over") };
}

/** Say of the buttons what they can do now. */
export function settle(buttons, walk, next) {
  buttons.next.textContent = next ? `Next: ${next}` : "Next";
  buttons.next.disabled = !next;
  buttons.undo.disabled = walk.at === 0;
  buttons.redo.disabled = walk.at === walk.steps.length;
  buttons.reset.disabled = walk.steps.length === 0;
}

export class Stepper extends EventTarget {
  /** `perform(input)`, where given, takes a step in place of the walk, may answer later and finds its own reply. */
  constructor(walk, perform = null) {
    super();
    this.walk = walk;
    this.perform = perform ?? ((input, reply) => walk.take(input, reply));
    this.picture = new Picture(walk.graph, (phase) => this.jumpToPhase(phase));
    this.chart = new Chart(LANES, (count) => this.#move(() => walk.goto(count)));
    this.end = new End(walk, (input, reply) => this.step(input, reply), { oneEach: perform !== null });
    this.buttons = controls(this);
    this.reasons = h("div", { class: "reasons" });
    this.said = h("p", { class: "said", role: "status" });
    this.element = h(
      "div",
      { class: "stepper" },
      h("div", { class: "controls", role: "group", "aria-label": "Steps" }, Object.values(this.buttons), this.said),
      h("div", { class: "main" }, this.picture.element),
      h("div", { class: "side" }, this.end.element),
      h("div", { class: "history" }, h("h3", {}, "What happened"), this.chart.element),
      h("div", { class: "why" }, h("h3", {}, "Why"), this.reasons),
    );
    this.element.stepper = this; // for those who look from the console
    this.show();
  }

  /** Take a step; one that is asked for while a live session still answers the one before waits for it. */
  async step(input, reply) {
    while (this.taking) await this.taking;
    const focused = this.element.getRootNode().activeElement?.dataset?.input;
    this.taking = this.perform(input, reply);
    await this.taking;
    this.taking = null;
    this.show();
    if (focused !== undefined) (this.end.button(focused) ?? this.buttons.next).focus();
  }

  next() {
    const input = this.walk.honest;
    return input ? this.step(input, this.walk.honestReply(input)) : null;
  }

  undo() {
    this.#move(() => this.walk.goto(this.walk.at - 1));
  }

  redo() {
    this.#move(() => this.walk.goto(this.walk.at + 1));
  }

  reset() {
    this.#move(() => this.walk.reset());
  }

  jump(state) {
    this.#move(() => this.walk.follow(this.walk.graph.wayTo(state)));
  }

  jumpToPhase(phase) {
    const { graph } = this.walk;
    this.jump(graph.phases.findIndex((word) => graph.words[word] === phase));
  }

  jumpThrough(row) {
    const way = this.walk.graph.wayThrough(row);
    if (way) this.#move(() => this.walk.follow(way));
  }

  /** Answer the keys n, u, r and s; returns whether it did. */
  press(key) {
    const name = KEYS[key];
    if (!name || this.buttons[name].disabled) return false;
    this[name]();
    return true;
  }

  async #move(change) {
    while (this.taking) await this.taking;
    change();
    this.show();
  }

  show() {
    const { walk } = this;
    settle(this.buttons, walk, walk.honest && inputWords(walk.honest));
    this.chart.show(this.#drawnSteps(), walk.at);
    this.picture.mark(walk.failed ? [walk.phase, "FAILED"] : [walk.phase], walk.taken);
    this.end.show();
    this.#showReasons();
    this.said.textContent = walk.note || this.#sentence();
    this.dispatchEvent(new Event("moved"));
  }

  /** The steps with what the chart needs; each is made once, so that the chart draws it once. */
  #drawnSteps() {
    this.walk.steps.forEach((step, index) => {
      const before = index ? this.walk.steps[index - 1].phase : null;
      step.arrows ??= arrows(step);
      step.reached ??= step.phase === before ? "" : step.phase;
      step.remark ??= step.departure ? "departs from the model" : step.states ? "" : "beyond this machine's bounds";
    });
    return this.walk.steps;
  }

  #sentence() {
    const { last, at, phase } = this.walk;
    if (!last) return `At the start, phase ${phase}.`;
    const gave = isQuiet(last.output) ? "" : ` gave ${outputWords(last.output)}`;
    return `Step ${at}: ${inputWords(last.input)}${gave}; phase ${phase}.`;
  }

  #showReasons() {
    const { last, graph } = this.walk;
    if (!last) return this.reasons.replaceChildren(h("p", { class: "remark" }, "After each step, the table rows behind it stand here."));
    const rows = last.rows.map((id) => graph.byId.get(id) ?? { id });
    const lines = rows.map(({ id, cite, open }) => h("li", {}, h("code", {}, id), " ", cite ? cited(cite) : "", open ? h("p", { class: "remark" }, open) : ""));
    const source = last.departure ? ["No row permits this."] : ["Source of the input: ", ...cited(last.input.cite)];
    return this.reasons.replaceChildren(rows.length ? h("ol", {}, lines) : h("p", { class: "remark" }, source));
  }
}
