// The pair stepper: client, channels and server side by side, with one history.

import { arrows, Chart } from "./chart.js";
import { Picture } from "./diagram.js";
import { h } from "./dom.js";
import { End } from "./end.js";
import { ENDS } from "./pairwalk.js";
import { controls, KEYS, settle } from "./stepper.js";
import { inputWords, isQuiet, outputWords } from "./words.js";

const PAIR_LANES = ["application", "client", "network", "server", "application"];
const SIDES = [[0, 1, 2], [4, 3, 2]]; // application, end and network of each end
const CHANNELS = ["Server to client", "Client to server"];

export class PairStepper extends EventTarget {
  constructor(walk) {
    super();
    this.walk = walk;
    this.pictures = walk.ends.map((end) => new Picture(end.graph, null));
    this.ends = walk.ends.map((end, index) => {
      const chosen = (input, reply) => this.#do(() => walk.take(index, input, reply));
      return new End(end, chosen, { kinds: ["call", "environment"], title: `The ${ENDS[index]}` });
    });
    this.chart = new Chart(PAIR_LANES, (count) => this.#do(() => walk.goto(count)));
    this.channels = h("div", { class: "channels" });
    this.buttons = controls(this);
    this.said = h("p", { class: "said", role: "status" });
    const side = (index) => h("div", { class: ENDS[index] }, this.ends[index].element, this.pictures[index].element);
    this.element = h(
      "div",
      { class: "stepper pair" },
      h("div", { class: "controls", role: "group", "aria-label": "Steps" }, Object.values(this.buttons), this.said),
      side(0),
      h("div", { class: "between" }, h("h3", {}, "On the way"), this.channels),
      side(1),
      h("div", { class: "history" }, h("h3", {}, "What happened"), this.chart.element),
    );
    this.element.stepper = this; // for those who look from the console
    this.show();
  }

  next() {
    this.#do(() => this.walk.honest?.step());
  }

  undo() {
    this.#do(() => this.walk.goto(this.walk.at - 1));
  }

  redo() {
    this.#do(() => this.walk.goto(this.walk.at + 1));
  }

  reset() {
    this.#do(() => this.walk.reset());
  }

  /** Answer the keys n, u, r and s; returns whether it did. */
  press(key) {
    const name = KEYS[key];
    if (!name || this.buttons[name].disabled) return false;
    this[name]();
    return true;
  }

  #do(change) {
    const focused = this.element.getRootNode().activeElement;
    const [name, end] = [focused?.dataset?.input, this.ends.findIndex(({ element }) => element.contains(focused))];
    const inside = this.element.contains(focused);
    change();
    this.show();
    if (inside && !focused.isConnected) (this.ends[end]?.button(name) ?? this.buttons.next).focus();
  }

  show() {
    const { walk } = this;
    settle(this.buttons, walk, walk.honest?.words);
    this.ends.forEach((end) => end.show());
    this.pictures.forEach((picture, index) => {
      const { failed, phase, taken } = walk.ends[index];
      picture.mark(failed ? [phase, "FAILED"] : [phase], taken);
    });
    this.#showChannels();
    for (const step of walk.steps) {
      step.lane ??= SIDES[step.end][1];
      step.arrows ??= arrows(step, SIDES[step.end]);
    }
    this.chart.show(walk.steps, walk.at);
    this.said.textContent = walk.note || this.#sentence();
    this.dispatchEvent(new Event("moved"));
  }

  #showChannels() {
    const shown = [1, 0].map((end) => {
      const names = this.walk.channels[end].map((name, index) => h("li", { class: index ? "" : "head" }, name));
      const list = names.length ? h("ol", {}, names) : h("p", { class: "remark" }, "empty");
      return h("section", {}, h("h4", {}, CHANNELS[end]), list, names.length ? this.#channelButtons(end) : "");
    });
    this.channels.replaceChildren(...shown);
  }

  #channelButtons(end) {
    const deliver = h("button", { type: "button", disabled: !this.walk.arriving(end), onclick: () => this.#do(() => this.walk.deliver(end)) }, "Deliver the first");
    const interfere = (how) => h("button", { type: "button", onclick: () => this.#do(() => this.walk.interfere(how, end)) }, `${how[0].toUpperCase()}${how.slice(1)} it`);
    return h("div", { class: "group" }, deliver, this.walk.datagrams ? ["lose", "double", "delay"].map(interfere) : []);
  }

  #sentence() {
    const { last, at, ends } = this.walk;
    const phases = `client ${ends[0].phase}, server ${ends[1].phase}`;
    if (!last) return `At the start: ${phases}.`;
    const gave = isQuiet(last.output) ? "" : ` gave ${outputWords(last.output)}`;
    return `Step ${at}: ${last.actor} ${inputWords(last.input)}${gave}; ${phases}.`;
  }
}
