// A client and a server that talk over two channels: each end is a walk, each channel the messages on their way.

import { Walk } from "./walk.js";

export const ENDS = ["client", "server"];
const INTERFERENCES = {
  lose: ([, ...rest]) => rest,
  double: ([head, ...rest]) => [head, head, ...rest],
  delay: ([head, ...rest]) => [...rest, head],
};

export class PairWalk {
  /** `graphs` are those of client and server; `arrivals` says as which delivery an emission arrives. */
  constructor(graphs, arrivals) {
    this.ends = graphs.map((graph) => new Walk(graph));
    this.arrivals = arrivals;
    this.datagrams = graphs[0].name.startsWith("dtls");
    this.reset();
  }

  reset() {
    this.ends.forEach((end) => end.reset());
    this.channels = [[], []];
    this.steps = [];
    this.at = 0;
    this.note = "";
  }

  get last() {
    return this.steps[this.at - 1];
  }

  /** What the oldest message on its way to `end` is there, or null where it cannot be read now. */
  arriving(end) {
    const [name] = this.channels[end];
    return this.ends[end].enabled.find((input) => input.kind === "deliver" && input.name === name) ?? null;
  }

  /** One end takes a step; what it sends is on its way to the other one. */
  take(end, input, reply) {
    const walk = this.ends[end];
    const before = walk.phase;
    walk.take(input, reply);
    const sent = reply.output.emissions.map((name) => this.arrivals[name]).filter(Boolean);
    const channels = this.channels.map((channel, to) => (to === end ? channel : [...channel, ...sent]));
    this.#add({ actor: ENDS[end], end, input, output: reply.output, reached: walk.phase === before ? "" : walk.phase }, channels);
  }

  /** The oldest message on its way to `end` arrives. */
  deliver(end) {
    const input = this.arriving(end);
    const channels = this.channels.map((channel, to) => (to === end ? channel.slice(1) : channel));
    const [reply] = this.ends[end].replies(input);
    this.ends[end].take(input, reply);
    this.#add({ actor: ENDS[end], end, input, output: reply.output, reached: "" }, channels);
  }

  /** The network loses, doubles or delays the oldest message on its way to `end`. */
  interfere(how, end) {
    const [name] = this.channels[end];
    const channels = this.channels.map((channel, to) => (to === end ? INTERFERENCES[how](channel) : channel));
    const input = { kind: "network", name: `${how} ${name} to the ${ENDS[end]}`, how, text: `${how} ${name}` };
    this.#add({ actor: "network", end, input, output: { code: null, direction: null, emissions: [] }, reached: "" }, channels);
  }

  goto(count) {
    this.at = Math.max(0, Math.min(count, this.steps.length));
    this.channels = this.last?.channels ?? [[], []];
    this.ends.forEach((end, index) => end.goto(this.last?.counts[index] ?? 0));
  }

  /** What an undisturbed handshake would do next, as words and a function that does it, or null. */
  get honest() {
    for (const end of [0, 1]) {
      const input = this.ends[end].honest;
      if (input?.kind !== "call") continue;
      return { words: `${ENDS[end]} ${input.name}()`, step: () => this.take(end, input, this.ends[end].honestReply(input)) };
    }
    for (const end of [0, 1]) {
      const input = this.arriving(end);
      if (input) return { words: `${ENDS[end]} gets ${input.name}`, step: () => this.deliver(end) };
    }
    return null;
  }

  /** The steps as an address: c and s for the ends, n for the network. */
  get address() {
    return this.steps.slice(0, this.at).map(({ way }) => way).join("/");
  }

  /** Go to an address; stops with a note at a step that the model does not have. */
  open(address) {
    this.reset();
    for (const [index, way] of address.split("/").filter(Boolean).entries()) {
      if (this.#go(way)) continue;
      this.note = `This address goes on with “${way}” as step ${index + 1}, which is not possible here.`;
      return;
    }
  }

  #go(way) {
    const [, who, what, number] = /^([csn])-([^~]+)~?(\d*)$/.exec(way) ?? [];
    if (who === "n") {
      const [how, to] = (what ?? "").split("-");
      const end = ENDS.indexOf(to);
      if (!this.datagrams || !Object.hasOwn(INTERFERENCES, how) || end < 0 || !this.channels[end].length) return false;
      this.interfere(how, end);
      return true;
    }
    const end = "cs".indexOf(who ?? "?");
    if (end < 0) return false;
    if (what === "gets") {
      if (this.arriving(end)) this.deliver(end);
      return this.last?.way === way;
    }
    const input = this.ends[end].enabled.find((item) => item.kind !== "deliver" && item.name === what);
    const reply = input && this.ends[end].replies(input)[Number(number || 0)];
    if (reply) this.take(end, input, reply);
    return Boolean(reply);
  }

  #add(step, channels) {
    const { end, input, output } = step;
    this.steps = [...this.steps.slice(0, this.at), { ...step, channels, counts: this.ends.map(({ at }) => at), way: this.#way(end, input, output) }];
    this.at = this.steps.length;
    this.channels = channels;
    this.note = "";
  }

  #way(end, input, output) {
    if (input.kind === "network") return `n-${input.how}-${ENDS[end]}`;
    if (input.kind === "deliver") return `${"cs"[end]}-gets`;
    const walk = this.ends[end];
    const before = walk.at > 1 ? walk.steps[walk.at - 2].states : [walk.graph.initial];
    const number = walk.graph.replies(before, input).findIndex((reply) => reply.output === output);
    return `${"cs"[end]}-${input.name}${number ? `~${number}` : ""}`;
  }
}
