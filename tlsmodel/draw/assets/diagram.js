// The picture of a machine: where we are, where we came from, and which arrow the last step took.

import { h } from "./dom.js";

const LEAST = 0.75; // a picture may shrink to this part of its size, not further: it has to stay legible

export class Picture {
  /** Show the drawings of a graph; calls `chosen(phase)`, where given, when the reader points at a phase. */
  constructor(graph, chosen) {
    this.graph = graph;
    this.chosen = chosen;
    this.holder = h("div", { class: "picture", tabindex: "0", role: "region", "aria-label": "Diagram" });
    const names = graph.diagrams.map(({ name }, number) => h("option", { value: number }, name));
    this.choice = h("select", { onchange: () => this.turn(Number(this.choice.value)) }, names);
    this.legend = h("ul", { class: "legend remark" });
    const none = h("p", { class: "remark" }, "Pictures need Graphviz where this is made: pip install pygraphviz");
    const parts = names.length ? [h("label", {}, "picture ", this.choice), this.holder, this.legend] : [none];
    this.element = h("div", { class: "pictures" }, parts);
    this.turn(0);
  }

  turn(number) {
    const drawing = this.graph.diagrams[number];
    if (!drawing) return;
    this.drawing = drawing;
    this.holder.innerHTML = drawing.svg; // our own picture, embedded when the page was written
    const picture = this.holder.firstElementChild;
    picture.style.minWidth = `${LEAST * picture.getAttribute("width")}px`;
    this.legend.replaceChildren(...drawing.legend.map((line) => h("li", {}, line)));
    for (const [phase, id] of Object.entries(drawing.nodes)) {
      const node = this.#part(id);
      if (!this.chosen || !this.graph.phases.some((word) => this.graph.words[word] === phase)) continue;
      node.classList.add("choosable");
      node.addEventListener("click", () => this.chosen(phase));
    }
    if (this.marks) this.mark(...this.marks);
  }

  /** Mark the places where we are, and the phases and arrows of a walk. */
  mark(here, steps) {
    this.marks = [here, steps];
    if (!this.drawing) return;
    const been = new Set(steps.map((step) => step.phase));
    const used = new Set(steps.flatMap((step) => step.rows));
    const latest = new Set(steps.at(-1)?.rows ?? []);
    for (const [name, id] of Object.entries(this.drawing.nodes)) {
      this.#mark(id, { here: here.includes(name), been: been.has(name) });
    }
    for (const [id, rows] of Object.entries(this.drawing.edges)) {
      const names = rows.map((row) => this.graph.rows[row].id);
      this.#mark(id, { latest: names.some((name) => latest.has(name)), been: names.some((name) => used.has(name)) });
    }
  }

  #part(id) {
    return this.holder.querySelector(`#${CSS.escape(id)}`);
  }

  #mark(id, marks) {
    for (const [name, on] of Object.entries(marks)) this.#part(id).classList.toggle(name, on);
  }
}
