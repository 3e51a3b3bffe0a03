// A machine's whole graph, as `packed.py` writes it: which inputs a state answers, how, and why.

export const COMPLETE = 1, FAILED = 2;

export class Graph {
  /** Read a graph from deflated JSON in base 64. */
  static async read(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Graph(await new Response(plain).json());
  }

  constructor(data) {
    Object.assign(this, data);
    this.inputs = data.inputs.map(([kind, name, cite]) => ({ kind, name, cite, text: `${kind} ${name}` }));
    this.states = data.degrees.length;
    this.first = new Int32Array(this.states + 1);
    data.degrees.forEach((degree, state) => (this.first[state + 1] = this.first[state] + degree));
    let target = 0;
    this.target = Int32Array.from(data.targets, (step) => (target += step));
    this.source = new Int32Array(this.target.length);
    for (let state = 0; state < this.states; state++) {
      this.source.fill(state, this.first[state], this.first[state + 1]);
    }
    this.rows = data.rows.map(([id, cite, open, at, on, to]) => ({ id, cite, open, at, on, to }));
    this.byId = new Map(this.rows.map((row) => [row.id, row]));
    this.advances = this.rows.filter(({ to }) => to);
    this.distances = this.#distances();
  }

  /** How many rows of the phase table lie between each phase and a complete handshake. */
  #distances() {
    const complete = this.phases.filter((_, state) => this.kinds[state] === COMPLETE);
    const found = new Map(complete.map((word) => [this.words[word], 0]));
    for (const [phase, distance] of found) {
      for (const { at, to } of this.advances) if (to === phase && !found.has(at)) found.set(at, distance + 1);
    }
    return found;
  }

  label(state) {
    return this.labels[state].map((word) => this.words[word]);
  }

  phase(state) {
    return this.words[this.phases[state]];
  }

  /** The deliveries that a phase waits for; the one that is nearest to a complete handshake comes first. */
  expected(phase) {
    const away = ({ to }) => this.distances.get(to) ?? Infinity;
    const rows = this.advances.filter(({ at }) => at === phase).sort((one, other) => away(one) - away(other));
    const named = (name) => this.inputs.find((item) => item.kind === "deliver" && item.text === name);
    return rows.map(({ on }) => named(on)).filter(Boolean);
  }

  /** The inputs that every one of `states` answers, in the alphabet's order. */
  enabled(states) {
    const sets = states.map((state) => new Set(this.given.slice(this.first[state], this.first[state + 1])));
    return this.inputs.filter((_, number) => sets.length && sets.every((set) => set.has(number)));
  }

  /** The different outputs that `states` permit on an input, with the states and rows behind each. */
  replies(states, input) {
    const given = this.inputs.indexOf(input);
    const found = new Map();
    for (const state of states) {
      for (let edge = this.first[state]; edge < this.first[state + 1]; edge++) {
        if (this.given[edge] !== given) continue;
        const answer = this.answers[edge];
        if (!found.has(answer)) found.set(answer, { output: this.outputs[answer], states: [], rows: this.reason(edge) });
        const { states: targets } = found.get(answer);
        if (!targets.includes(this.target[edge])) targets.push(this.target[edge]);
      }
    }
    return [...found.values()];
  }

  reason(edge) {
    return this.ways[this.reasons[edge]].map((row) => this.rows[row].id);
  }

  /** A shortest way from the initial state into `state`, as [input, output] pairs. */
  wayTo(state) {
    const way = [];
    for (let at = state; at !== this.initial; at = this.source[this.entries[at]]) way.unshift(this.#step(this.entries[at]));
    return way;
  }

  /** A shortest way whose last step uses the row `id`, or null. */
  wayThrough(id) {
    const row = this.rows.indexOf(this.byId.get(id));
    const edge = this.reasons.findIndex((way) => this.ways[way].includes(row));
    return edge < 0 ? null : [...this.wayTo(this.source[edge]), this.#step(edge)];
  }

  #step(edge) {
    return [this.inputs[this.given[edge]], this.outputs[this.answers[edge]]];
  }

  /** For each state the first edge into it: states are numbered breadth first, so these edges are shortest ways. */
  get entries() {
    if (!this.found) {
      this.found = new Int32Array(this.states).fill(-1);
      this.target.forEach((state, edge) => {
        if (this.found[state] < 0 && state !== this.initial) this.found[state] = edge;
      });
    }
    return this.found;
  }
}
