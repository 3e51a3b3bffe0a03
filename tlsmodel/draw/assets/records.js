// Traces, findings and counterexamples from files, which may hold anything.

const LARGEST = 1 << 20;
const MOST_STEPS = 10_000;

const isText = (value, most = 400) => typeof value === "string" && value.length <= most;
const isTexts = (value) => Array.isArray(value) && value.length <= 100 && value.every((item) => isText(item));

function refuse(fault) {
  throw new Error(fault);
}

function readOutput(data, where) {
  const { code = null, direction = null, emissions } = data ?? {};
  if (!(code === null || isText(code)) || ![null, 0, 1].includes(direction) || !isTexts(emissions)) {
    refuse(`${where}: not an output`);
  }
  return { code, direction, emissions };
}

function readStep(data, number) {
  const where = `step ${number + 1}`;
  if (!isText(data?.input)) refuse(`${where}: needs "input", a symbol`);
  if (!isTexts(data.rows ?? [])) refuse(`${where}: "rows" must be a list of row ids`);
  return { input: data.input, output: readOutput(data, where), rows: data.rows ?? [] };
}

/** Read a record; throws an error of one line for anything that is not one. */
export function readRecord(text) {
  if (text.length > LARGEST) refuse(`larger than ${LARGEST} characters`);
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    refuse("not JSON");
  }
  const machine = data?.machine ?? data?.scenario;
  const steps = data?.steps ?? data?.trace;
  if (!isText(machine) || !Array.isArray(steps)) refuse('needs "machine" or "scenario", and "steps"');
  if (!steps.length || steps.length > MOST_STEPS) refuse(`"steps" must be 1 to ${MOST_STEPS}`);
  const expected = data.expected ?? null;
  if (expected !== null && !(Array.isArray(expected) && expected.length <= 1000)) refuse('"expected" must be a list');
  return {
    machine,
    title: isText(data.title) ? data.title : `A trace of ${machine}`,
    target: isText(data.target) ? `${data.target} ${isText(data.version) ? data.version : ""}`.trim() : null,
    steps: steps.map(readStep),
    expected: expected && expected.map((item) => readOutput(item, "expected")),
  };
}

/** Play a record on a walk of its machine, to its end. */
export function play(record, walk) {
  const { inputs } = walk.graph;
  walk.reset();
  for (const { input, output, rows } of record.steps) {
    const known = inputs.find((item) => item.text === input);
    const [kind, name] = [input.slice(0, input.indexOf(" ")), input.slice(input.indexOf(" ") + 1)];
    walk.see(known ?? { kind: ["call", "environment"].includes(kind) ? kind : "deliver", name, cite: "", text: input }, output, rows);
  }
  if (record.expected?.length) walk.depart(record.expected);
}
