// One end of a connection: where it stands and what can happen to it, as buttons.

import { h, roving } from "./dom.js";
import { FAILED } from "./graph.js";
import { inputWords, isQuiet, outputWords } from "./words.js";

const GROUPS = { call: "Calls of the application", deliver: "Messages from the peer", environment: "The transport" };

export class End {
  /**
   * Show `walk`, and call `chosen(input, reply)` for the button that was pressed.
   *
   * `kinds` are the inputs that are offered; with `oneEach` an input has one button, whatever the model permits.
   */
  constructor(walk, chosen, { kinds = Object.keys(GROUPS), oneEach = false, title = "Where it stands" } = {}) {
    Object.assign(this, { walk, chosen, kinds, oneEach });
    this.stands = h("div", { class: "stands" });
    this.filter = h("input", { type: "search", placeholder: "filter inputs", "aria-label": "Filter inputs", oninput: () => this.#showInputs() });
    this.inputs = h("div", { class: "inputs" });
    const head = h("div", { class: "inputs-head" }, h("h4", {}, "What can happen"), this.filter);
    this.element = h("div", { class: "end" }, h("h3", {}, title), this.stands, head, this.inputs);
  }

  show() {
    this.#showState();
    this.#showInputs();
  }

  /** The button that was made for an input, if it is there and can be seen. */
  button(name) {
    return [...this.inputs.querySelectorAll("button")].find((button) => button.dataset.input === name && button.offsetParent);
  }

  #showState() {
    const { states, phase, graph } = this.walk;
    const chips = (states ?? []).map((state) => graph.label(state).filter((word) => word !== phase));
    const lines = chips.map((words) => {
      const shown = words.map((word) => h("span", { class: "chip" }, word));
      return h("p", { class: "chips" }, shown.length ? shown : h("span", { class: "remark" }, "everything else at rest"));
    });
    this.stands.replaceChildren(
      h("p", { class: "phase" }, phase),
      lines.length > 1 ? h("p", { class: "remark" }, `${lines.length} states are possible:`) : "",
      ...lines,
      states ? "" : this.#beyond(this.walk.last),
    );
  }

  #beyond({ departure, permitted, output }) {
    const expected = departure ?? permitted;
    if (!expected) {
      return h("p", { class: "remark" }, "This trace goes beyond the bounds that the machine was built with; the phase comes from its rows.");
    }
    const list = expected.length ? expected.map(outputWords).join(" or ") : "no such input";
    const head = departure ? "This step departs from the model." : "This machine, with its bounds, permits something else here.";
    const pairs = h("dl", {}, h("dt", {}, "permitted"), h("dd", {}, list), h("dt", {}, "observed"), h("dd", {}, outputWords(output)));
    return h("div", { class: "departure" }, h("p", {}, head), pairs);
  }

  #showInputs() {
    const wanted = this.filter.value.trim().toLowerCase();
    const offered = this.walk.enabled.filter((input) => this.kinds.includes(input.kind));
    const enabled = offered.filter((input) => input.name.toLowerCase().includes(wanted));
    const open = this.inputs.querySelector("details")?.open ?? false;
    const sections = this.kinds.map((kind) => this.#section(kind, enabled.filter((input) => input.kind === kind), !wanted, open));
    const none = offered.length ? "No enabled input is called so." : this.walk.last?.departure ? "The trace ends here." : "No input is enabled.";
    this.inputs.replaceChildren(...(enabled.length ? sections.filter(Boolean) : [h("p", { class: "remark" }, none)]));
  }

  #section(kind, inputs, fold, open) {
    if (!inputs.length) return null;
    const awaited = new Set(this.walk.awaited);
    const rest = kind === "deliver" && fold ? inputs.filter((input) => !awaited.has(input)) : [];
    const first = inputs.filter((input) => !rest.includes(input));
    const title = GROUPS[kind];
    const more = h("details", { open }, h("summary", {}, `${rest.length} messages that are not awaited`), rest.length ? this.#group(title, rest) : "");
    return h("section", {}, h("h5", {}, title), first.length ? this.#group(title, first) : "", rest.length ? more : "");
  }

  #group(title, inputs) {
    const buttons = inputs.flatMap((input) => {
      const replies = this.walk.replies(input);
      return this.oneEach ? [this.#button(input, replies, 0)] : replies.map((reply, number) => this.#button(input, [reply], number));
    });
    return roving(h("div", { class: "group", role: "group", "aria-label": title }, buttons));
  }

  #button(input, replies, number) {
    const { graph, phase, failed, awaited } = this.walk;
    const [target] = replies[0].states;
    const ends = { [FAILED]: failed ? "" : "fails" }[graph.kinds[target]];
    const next = replies.length > 1 ? "" : (ends ?? (graph.phase(target) === phase ? "" : graph.phase(target)));
    const words = replies.filter(({ output }) => !isQuiet(output)).map(({ output }) => outputWords(output));
    const parts = [
      h("span", { class: "given" }, inputWords(input)),
      words.length ? h("span", { class: "reply" }, words.join(" or ")) : "",
      next ? h("span", { class: "leads" }, `→ ${next}`) : "",
      awaited.includes(input) ? h("span", { class: "mark" }, "awaited") : "",
    ];
    const properties = { type: "button", class: `input ${input.kind}`, "data-input": `${input.text}~${number}`, title: input.cite };
    return h("button", { ...properties, onclick: () => this.chosen(input, replies[0]) }, parts);
  }
}
