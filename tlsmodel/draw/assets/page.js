// The page: which machine, search, verdicts, files, the address, and the stepper in the middle.

import { h } from "./dom.js";
import { Graph } from "./graph.js";
import { PairStepper } from "./pair.js";
import { PairWalk } from "./pairwalk.js";
import { play, readRecord } from "./records.js";
import { Stepper } from "./stepper.js";
import { Walk } from "./walk.js";

const RESULTS = 60;
const data = JSON.parse(document.getElementById("tlsmodel-data").textContent);
const part = (id) => document.getElementById(id);
const graphs = new Map();
let stepper = null;

let shown = "";

async function graphOf(name) {
  if (!graphs.has(name)) graphs.set(name, await Graph.read(data.machines[name].graph));
  return graphs.get(name);
}

const sizeOf = ({ title, states, target }) => `${title}: ${states.toLocaleString("en")} states, ${target.length.toLocaleString("en")} transitions`;

/** The stepper of a machine or a pair, at its start, with words about its size. */
async function stepperOf(name) {
  const { ends } = data.machines[name];
  if (!ends) {
    const graph = await graphOf(name);
    return [new Stepper(new Walk(graph)), sizeOf(graph)];
  }
  const pair = await Promise.all(ends.map(graphOf));
  return [new PairStepper(new PairWalk(pair, data.arrivals)), pair.map(sizeOf).join("; ")];
}

/** Show a machine or a pair, at an address or with a record played. */
async function open(name, address = "", record = null) {
  const [made, size] = await stepperOf(name);
  if (record) play(record, made.walk);
  else made.walk.open(address);
  made.show();
  made.addEventListener("moved", remember);
  [stepper, shown] = [made, name];
  part("stepper").replaceChildren(stepper.element);
  part("machine").value = name;
  part("size").textContent = size;
  document.title = `${name} – tlsmodel explorer`;
  showVerdicts(name);
  search();
  remember();
}

// The address: #machine/step/step

function remember() {
  const { address } = stepper.walk;
  history.replaceState(null, "", `#${encodeURI(shown)}${address ? `/${encodeURI(address)}` : ""}`);
}

async function openAddress() {
  const [name, ...steps] = decodeURI(location.hash.slice(1)).split("/");
  const known = Object.hasOwn(data.machines, name);
  await open(known ? name : Object.keys(data.machines)[0], known ? steps.join("/") : "");
  if (name && !known) tell(`This page has no machine “${name}”.`);
}

// Machines and their filters.

function showFilters() {
  const facets = new Map();
  for (const { facets: found } of Object.values(data.machines)) {
    for (const [key, value] of Object.entries(found)) facets.set(key, (facets.get(key) ?? new Set()).add(value));
  }
  const selects = [...facets].filter(([, values]) => values.size > 1).map(([key, values]) => {
    const options = ["any", ...values].map((value) => h("option", { value: value === "any" ? "" : value }, value));
    return h("label", {}, key.replaceAll("_", " "), h("select", { "data-facet": key, onchange: showMachines }, options));
  });
  part("filters").replaceChildren(...selects);
}

function showMachines() {
  const wanted = [...part("filters").querySelectorAll("select")].filter((select) => select.value);
  const fits = ({ facets }) => wanted.every((select) => facets[select.dataset.facet] === select.value);
  const names = Object.keys(data.machines).filter((name) => fits(data.machines[name]));
  part("machine").replaceChildren(...names.map((name) => h("option", { value: name }, name)));
  part("count").textContent = `${names.length} of ${Object.keys(data.machines).length} machines`;
  if (names.includes(shown)) part("machine").value = shown;
  else if (names.length && stepper) open(names[0]);
}

// Search: states, messages and rows; choosing one goes there by a shortest way.

function search() {
  const words = part("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const list = part("results");
  if (!words.length) return list.replaceChildren();
  const { graph } = stepper.walk;
  if (!graph) return list.replaceChildren(h("p", { class: "remark" }, "Search in the machine of one end."));
  const fits = (text) => words.every((word) => text.toLowerCase().includes(word));
  const found = [];
  for (const { id, cite } of graph.rows) {
    if (fits(`${id} ${cite}`)) found.push([`row ${id}`, () => stepper.jumpThrough(id)]);
  }
  for (let state = 0; state < graph.states; state++) {
    const label = graph.label(state).join(", ");
    if (fits(label)) found.push([label, () => stepper.jump(state)]);
  }
  const shown = found.sort(([a], [b]) => a.length - b.length).slice(0, RESULTS);
  list.replaceChildren(
    h("p", { class: "remark" }, `${found.length.toLocaleString("en")} found${found.length > RESULTS ? `, the first ${RESULTS} shown` : ""}`),
    h("ul", {}, shown.map(([text, go]) => h("li", {}, h("button", { type: "button", onclick: go }, text)))),
  );
}

// Verdicts on properties, with their counterexamples.

/** A name without parameters: what is checked of a machine is shown with all that come from the same tables. */
const baseOf = (name) => name.replace(/[?:].*/, "");

function showVerdicts(name) {
  const rank = ({ verdict: word }) => ["violated", "undecided", "holds"].indexOf(word);
  const found = data.verdicts.filter(({ machine }) => baseOf(machine) === baseOf(name)).sort((a, b) => rank(a) - rank(b));
  part("verdicts").hidden = !data.verdicts.length;
  part("verdict-list").replaceChildren(...(found.length ? found.map(verdict) : [h("p", { class: "remark" }, "No property was checked on this machine.")]));
}

const SIGNS = { holds: "✓", violated: "✗", undecided: "?" };

function verdict({ machine, property, sentence, cite, verdict: word, steps, record }) {
  const replay = record ? h("button", { type: "button", onclick: () => openRecord(readRecord(JSON.stringify(record))) }, "Play the counterexample") : "";
  const lines = h("details", {}, h("summary", {}, `The counterexample, ${steps.length} steps`), h("ol", {}, steps.map((step) => h("li", {}, h("code", {}, step)))));
  const where = machine === shown ? "" : ` on ${machine}`;
  const head = [h("strong", {}, `${SIGNS[word]} ${word}`), ` ${sentence} `, h("span", { class: "remark" }, `${property}${where} (${cite}) `)];
  return h("li", { class: word }, head, replay, steps.length ? lines : "");
}

// Files.

/** The machine to play a record on: its own, or the one without its parameters, of which the record goes beyond. */
const machineFor = ({ machine }) => [machine, machine.split("?")[0]].find((name) => Object.hasOwn(data.machines, name));

async function openRecord(record) {
  const name = machineFor(record);
  if (!name) return tell(`This page has no machine “${record.machine}”.`);
  part("filters").querySelectorAll("select").forEach((select) => (select.value = ""));
  showMachines();
  await open(name, "", record);
  const elsewhere = name === record.machine ? null : `recorded on ${record.machine}`;
  return tell([record.title, record.target, elsewhere].filter(Boolean).join(" – "));
}

async function openFile(file) {
  try {
    await openRecord(readRecord(await file.text()));
  } catch (fault) {
    tell(`${file.name}: ${fault.message}`);
  }
}

function tell(words) {
  part("told").textContent = words;
  part("told").hidden = !words;
}

function listen() {
  part("machine").addEventListener("change", () => open(part("machine").value));
  part("search").addEventListener("input", search);
  part("file").addEventListener("change", (event) => event.target.files.length && openFile(event.target.files[0]));
  part("theme").addEventListener("change", (event) => (document.documentElement.dataset.theme = event.target.value));
  window.addEventListener("hashchange", openAddress);
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) openFile(event.dataTransfer.files[0]);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea") || !part("keys").checked) return;
    if (event.key === "/") part("search").focus();
    else if (!stepper.press(event.key)) return;
    event.preventDefault();
  });
}

listen();
showFilters();
showMachines();
await openAddress();
document.documentElement.dataset.ready = String(Math.round(performance.now()));
