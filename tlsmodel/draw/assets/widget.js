// The stepper in a notebook.  The kernel gives the graph, plays records, hears of every step and, where a live session
// runs beside the model, answers it.

import { h } from "./dom.js";
import { Graph } from "./graph.js";
import { PairStepper } from "./pair.js";
import { PairWalk } from "./pairwalk.js";
import { play, readRecord } from "./records.js";
import { Stepper } from "./stepper.js";
import { Walk } from "./walk.js";

/** Follow the notebook's own theme; where there is none, the system's. */
function followTheme(root) {
  const settle = () => {
    const light = document.body.dataset.jpThemeLight;
    if (light !== undefined) root.dataset.theme = light === "true" ? "light" : "dark";
  };
  const observer = new MutationObserver(settle);
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  settle();
  return () => observer.disconnect();
}

/** Ask the kernel's live session for its answer to the walk so far and one more input. */
function asking(model, walk) {
  return (input) =>
    new Promise((answered) => {
      const heard = ({ output, rows, expected, fault }) => {
        model.off("msg:custom", heard);
        if (fault) walk.note = fault;
        else walk.see(input, output, rows);
        if (expected) walk.depart(expected);
        answered();
      };
      model.on("msg:custom", heard);
      model.send({ inputs: [...walk.taken.map((step) => step.input.text), input.text] });
    });
}

/** A client and a server: where the reader stands is the address, which Python may set as well. */
async function showPair(model, root) {
  const graphs = await Promise.all(model.get("ends").map((text) => Graph.read(text)));
  const walk = new PairWalk(graphs, model.get("arrivals"));
  const stepper = new PairStepper(walk);
  const go = () => {
    if (model.get("address") === walk.address) return;
    walk.open(model.get("address"));
    stepper.show();
  };
  root.append(stepper.element);
  stepper.addEventListener("moved", () => {
    model.set("address", walk.address);
    model.save_changes();
  });
  model.on("change:address", go);
  go();
}

async function showOne(model, root) {
  const walk = new Walk(await Graph.read(model.get("graph")));
  const stepper = new Stepper(walk, model.get("live") ? asking(model, walk) : null);
  const tell = () => {
    model.set("taken", walk.taken.map(({ input, output, rows }) => ({ input: input.text, ...output, rows })));
    model.save_changes();
  };
  const playRecord = () => {
    const record = model.get("record");
    if (!record) return;
    play(readRecord(record), walk);
    stepper.show();
  };
  root.append(model.get("live") ? h("p", { class: "remark" }, `Each step is taken by ${model.get("live")} too.`) : "", stepper.element);
  stepper.addEventListener("moved", tell);
  model.on("change:record", playRecord);
  playRecord();
}

async function render({ model, el }) {
  const root = h("div", { class: "tlsmodel-widget", "data-lm-suppress-shortcuts": "true" });
  el.attachShadow({ mode: "open" }).append(h("style", {}, STYLE), root);
  const stopFollowing = followTheme(root);
  await (model.get("ends") ? showPair : showOne)(model, root);
  return stopFollowing;
}

export default { render };
