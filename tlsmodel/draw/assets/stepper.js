// The stepper: state, enabled inputs as buttons, picture and history around one walk.

import { arrows, Chart, LANES } from "./chart.js";
import { Picture } from "./diagram.js";
import { cited, h, roving } from "./dom.js";
import { FAILED, OUTSIDE } from "./graph.js";
import { inputWords, isQuiet, outputWords } from "./words.js";

const GROUPS = { call: "Calls of the application", deliver: "Messages from the peer", environment: "The transport" };
const KEYS = { n: "next", u: "undo", r: "redo", s: "reset" };

export class Stepper extends EventTarget {
  /** `perform(input, reply)`, where given, takes a step in place of the walk and may answer later. */
  constructor(walk, perform = null) {
    super();
    this.walk = walk;
    this.perform = perform ?? ((input, reply) => walk.take(input, reply));
    this.picture = new Picture(walk.graph, (phase) => this.jumpToPhase(phase));
    this.chart = new Chart(LANES, (count) => this.#move(() => walk.goto(count)));
    this.buttons = {
      next: h("button", { type: "button", class: "next", onclick: () => this.next() }),
      undo: h("button", { type: "button", onclick: () => this.undo() }, "Undo"),
      redo: h("button", { type: "button", onclick: () => this.redo() }, "Redo"),
      reset: h("button", { type: "button", onclick: () => this.reset() }, "Start over"),
    };
    this.state = h("div", { class: "state" });
    this.filter = h("input", { type: "search", placeholder: "filter inputs", "aria-label": "Filter inputs", oninput: () => this.#showInputs() });
    this.inputs = h("div", { class: "inputs" });
    this.reasons = h("div", { class: "reasons" });
    this.said = h("p", { class: "said", role: "status" });
    this.element = h(
      "div",
      { class: "stepper" },
      h("div", { class: "controls", role: "group", "aria-label": "Steps" }, Object.values(this.buttons), this.said),
      h("div", { class: "main" }, this.picture.element),
      h("div", { class: "side" }, this.state, h("div", { class: "inputs-head" }, h("h3", {}, "What can happen"), this.filter), this.inputs),
      h("div", { class: "history" }, h("h3", {}, "What happened"), this.chart.element),
      h("div", { class: "why" }, h("h3", {}, "Why"), this.reasons),
    );
    this.element.stepper = this; // for those who look from the console
    this.show();
  }

  async step(input, reply) {
    const focused = document.activeElement?.dataset?.input;
    await this.perform(input, reply);
    this.show();
    if (focused !== undefined) (this.#button(focused) ?? this.buttons.next).focus();
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
    return way !== null;
  }

  /** Answer the keys n, u, r and s; returns whether it did. */
  press(key) {
    const name = KEYS[key];
    if (!name || this.buttons[name].disabled) return false;
    this[name]();
    return true;
  }

  #move(change) {
    change();
    this.show();
  }

  show() {
    const { walk } = this;
    const honest = walk.honest;
    this.buttons.next.textContent = honest ? `Next: ${inputWords(honest)}` : "Next";
    this.buttons.next.disabled = !honest;
    this.buttons.undo.disabled = walk.at === 0;
    this.buttons.redo.disabled = walk.at === walk.steps.length;
    this.buttons.reset.disabled = walk.steps.length === 0;
    for (const step of walk.steps) step.arrows ??= arrows(step);
    this.chart.show(walk.steps, walk.at);
    this.picture.mark(walk.failed ? [walk.phase, "FAILED"] : [walk.phase], walk.taken);
    this.#showState();
    this.#showInputs();
    this.#showReasons();
    this.said.textContent = walk.note || this.#sentence();
    this.dispatchEvent(new Event("moved"));
  }

  #sentence() {
    const { last, at } = this.walk;
    if (!last) return `At the start, phase ${this.walk.phase}.`;
    const gave = isQuiet(last.output) ? "" : ` gave ${outputWords(last.output)}`;
    return `Step ${at}: ${inputWords(last.input)}${gave}; phase ${last.phase}.`;
  }

  #showState() {
    const { states, phase, graph, last } = this.walk;
    const chips = (states ?? []).map((state) => graph.label(state).filter((word) => word !== phase));
    this.state.replaceChildren(
      h("h3", {}, "Where it stands"),
      h("p", { class: "phase" }, phase),
      chips.length > 1 ? h("p", { class: "remark" }, `${chips.length} states are possible:`) : "",
      ...chips.map((words) => h("p", { class: "chips" }, words.length ? words.map((word) => h("span", { class: "chip" }, word)) : h("span", { class: "remark" }, "everything else at rest"))),
      states ? "" : this.#beyond(last),
    );
  }

  #beyond({ departure, permitted, output }) {
    const expected = departure ?? permitted;
    if (!expected) return h("p", { class: "remark" }, "This trace goes beyond the bounds that the machine was built with; the phase comes from its rows.");
    const list = (outputs) => (outputs.length ? outputs.map(outputWords).join(" or ") : "no such input");
    return h(
      "div",
      { class: "departure" },
      h("p", {}, departure ? "This step departs from the model." : "This machine, with its bounds, permits something else here."),
      h("dl", {}, h("dt", {}, "permitted"), h("dd", {}, list(expected)), h("dt", {}, "observed"), h("dd", {}, outputWords(output))),
    );
  }

  #showInputs() {
    const wanted = this.filter.value.trim().toLowerCase();
    const enabled = this.walk.enabled.filter((input) => input.name.toLowerCase().includes(wanted));
    const awaited = new Set(this.walk.awaited);
    const groups = Object.entries(GROUPS).map(([kind, title]) => {
      const all = enabled.filter((input) => input.kind === kind);
      const rest = kind === "deliver" && !wanted ? all.filter((input) => !awaited.has(input)) : [];
      const first = all.filter((input) => !rest.includes(input));
      if (!all.length) return null;
      const more = rest.length ? h("details", {}, h("summary", {}, `${rest.length} messages that are not awaited`), this.#group(title, rest, awaited)) : "";
      return h("section", {}, h("h4", {}, title), first.length ? this.#group(title, first, awaited) : "", more);
    });
    const open = this.inputs.querySelector("details")?.open;
    const end = this.walk.last?.departure ? "The trace ends here." : "No input is enabled.";
    this.inputs.replaceChildren(...(enabled.length ? groups.filter(Boolean) : [h("p", { class: "remark" }, wanted ? "No enabled input is called so." : end)]));
    const details = this.inputs.querySelector("details");
    if (details && open) details.open = true;
  }

  #group(title, inputs, awaited) {
    const buttons = inputs.flatMap((input) => this.walk.replies(input).map((reply, number) => this.#inputButton(input, reply, number, awaited.has(input))));
    return roving(h("div", { class: "group", role: "group", "aria-label": title }, buttons));
  }

  #inputButton(input, reply, number, awaited) {
    const { graph, phase, failed } = this.walk;
    const [target] = reply.states;
    const ends = { [FAILED]: failed ? "" : "fails", [OUTSIDE]: "leaves the model" }[graph.kinds[target]];
    const next = ends ?? (graph.phase(target) === phase ? "" : graph.phase(target));
    const parts = [
      h("span", { class: "given" }, inputWords(input)),
      isQuiet(reply.output) ? "" : h("span", { class: "reply" }, outputWords(reply.output)),
      next ? h("span", { class: "leads" }, `→ ${next}`) : "",
      awaited ? h("span", { class: "mark" }, "awaited") : "",
    ];
    const properties = { type: "button", class: `input ${input.kind}`, "data-input": `${input.text}~${number}`, title: input.cite };
    return h("button", { ...properties, onclick: () => this.step(input, reply) }, parts);
  }

  #button(name) {
    return [...this.inputs.querySelectorAll("button")].find((button) => button.dataset.input === name && button.offsetParent);
  }

  #showReasons() {
    const { last, graph } = this.walk;
    const rows = (last?.rows ?? []).map((id) => graph.rows[graph.rowNumbers.get(id)] ?? [id, null, null, null]);
    const lines = rows.map(([id, cite, , choice]) => h("li", {}, h("code", {}, id), " ", cite ? cited(cite) : "", choice ? h("p", { class: "remark" }, choice) : ""));
    const source = last && !rows.length ? h("p", { class: "remark" }, last.departure ? "No row permits this." : ["Source of the input: ", cited(last.input.cite)].flat()) : "";
    this.reasons.replaceChildren(rows.length ? h("ol", {}, lines) : "", source || (last ? "" : h("p", { class: "remark" }, "After each step, the table rows behind it stand here.")));
  }
}
