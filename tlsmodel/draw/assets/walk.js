// A walk through one machine: the steps taken, where among them we stand, and what comes next.
//
// Like the oracle it keeps every state that is possible after what was seen.  A trace of a larger machine may go
// where this one does not follow: such steps have no states, and their rows still tell the phase.

import { COMPLETE, FAILED } from "./graph.js";
import { outputWords } from "./words.js";

const NON_FAILURES = new Set(
  "SUCCESS LARGE_PACKET WARNING_ALERT_RECEIVED AGAIN REHANDSHAKE GOT_APPLICATION_DATA INTERRUPTED REAUTH_REQUEST DATA EOF ZERO".split(" "),
);

/** Tell whether an output that was seen is an instance of one that the model permits. */
export function admits(permitted, seen) {
  if (permitted.emissions.join() !== seen.emissions.join()) return false;
  if (permitted.code === "ANY_FATAL" && seen.code !== null) return seen.code === "ANY_FATAL" || !NON_FAILURES.has(seen.code);
  return permitted.code === seen.code && permitted.direction === seen.direction;
}

export class Walk {
  constructor(graph) {
    this.graph = graph;
    this.reset();
  }

  reset() {
    this.steps = [];
    this.at = 0;
    this.note = "";
  }

  /** The step that led here, or undefined at the start. */
  get last() {
    return this.steps[this.at - 1];
  }

  /** The states that are possible now, or null beyond this machine's bounds. */
  get states() {
    return this.last ? this.last.states : [this.graph.initial];
  }

  get phase() {
    return this.last ? this.last.phase : this.graph.phase(this.graph.initial);
  }

  get enabled() {
    return this.states && !this.last?.departure ? this.graph.enabled(this.states) : [];
  }

  get taken() {
    return this.steps.slice(0, this.at);
  }

  /** Whether the session is dead, for all that is known. */
  get failed() {
    return this.states !== null && this.states.every((state) => this.graph.kinds[state] === FAILED);
  }

  /** The deliveries that the handshake waits for. */
  get awaited() {
    return this.failed ? [] : this.graph.expected(this.phase);
  }

  replies(input) {
    return this.graph.replies(this.states, input);
  }

  /** Take a step: an input and one of the replies that the model permits. */
  take(input, reply) {
    this.#add({ input, output: reply.output, rows: reply.rows, states: reply.states, phase: this.#phaseOf(reply.states) });
  }

  /** Take a step that was seen elsewhere; returns whether the model permits it. */
  see(input, output, rows = []) {
    const known = this.states && this.enabled.includes(input);
    const permitted = known ? this.replies(input) : [];
    const fitting = permitted.filter((reply) => admits(reply.output, output));
    if (fitting.length) {
      const states = [...new Set(fitting.flatMap((reply) => reply.states))];
      this.#add({ input, output, rows: fitting[0].rows, states, phase: this.#phaseOf(states) });
    } else {
      this.#add({ input, output, rows, states: null, phase: this.#phaseAfter(rows) });
      if (known) this.last.permitted = permitted.map((reply) => reply.output);
    }
    return fitting.length > 0;
  }

  /** Say of the last step that it departs from the model, which expected other outputs. */
  depart(expected) {
    Object.assign(this.last, { departure: expected, states: null, rows: [], phase: this.steps.at(-2)?.phase ?? this.phase });
  }

  /** Follow a way of [input, output] pairs from the start. */
  follow(way) {
    this.reset();
    for (const [input, output] of way) this.see(input, output);
  }

  goto(count) {
    this.at = Math.max(0, Math.min(count, this.steps.length));
  }

  /** What an undisturbed handshake would do next: an input, or null. */
  get honest() {
    const enabled = this.enabled;
    const [state] = this.states ?? [];
    if (!enabled.length || this.failed) return null;
    const words = this.graph.label(state);
    const call = (name) => enabled.find((input) => input.kind === "call" && input.name === name);
    const unfinished = words.find((word) => word.endsWith("() unfinished"));
    if (unfinished) return call(unfinished.split("()")[0]);
    const busy = words.some((word) => /^(waiting|pending) /.test(word));
    if (this.graph.kinds[state] === COMPLETE) return busy ? call("record_recv") : null;
    const awaited = this.awaited.find((input) => enabled.includes(input));
    return busy || !awaited ? (call("handshake") ?? awaited ?? null) : awaited;
  }

  /** The honest step's reply: the one that shows most. */
  honestReply(input) {
    return this.replies(input).reduce((best, reply) => (reply.output.emissions.length > best.output.emissions.length ? reply : best));
  }

  /** The steps as an address: readable names, and the number of the reply where there are several. */
  get address() {
    return this.taken
      .map(({ input, output }, index) => {
        const before = index ? this.steps[index - 1].states : [this.graph.initial];
        const replies = before ? this.graph.replies(before, input) : [];
        const number = replies.findIndex((reply) => outputWords(reply.output) === outputWords(output));
        return number > 0 ? `${input.name}~${number}` : input.name;
      })
      .join("/");
  }

  /** Go to an address; stops with a note at a step that the model does not have. */
  open(address) {
    this.reset();
    for (const [index, part] of address.split("/").filter(Boolean).entries()) {
      const [name, number] = part.split("~");
      const input = this.enabled.find((item) => item.name === name);
      const reply = input && this.replies(input)[Number(number ?? 0)];
      if (!reply) {
        this.note = `This address goes on with “${part}” as step ${index + 1}, which the model does not have here.`;
        return;
      }
      this.take(input, reply);
    }
  }

  #add(step) {
    this.steps = [...this.taken, step];
    this.at = this.steps.length;
    this.note = "";
  }

  #phaseOf([state]) {
    return this.graph.phase(state) || this.phase;
  }

  #phaseAfter(rows) {
    const reached = rows.map((id) => this.graph.byId.get(id)?.to).filter(Boolean);
    return reached.at(-1) ?? this.phase;
  }
}
