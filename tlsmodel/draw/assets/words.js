// How inputs and outputs are written, the same as in Python.

export function inputWords({ kind, name }) {
  return { call: `${name}()`, deliver: `?${name}`, environment: name.replaceAll("_", " "), network: name }[kind];
}

export function returnWords({ code, direction }) {
  return direction === null ? code : `${code} (${["read", "write"][direction]})`;
}

export function isQuiet({ code, emissions }) {
  return code === null && emissions.length === 0;
}

export function outputWords(output) {
  const parts = [...(output.code === null ? [] : [returnWords(output)]), ...output.emissions.map((name) => `!${name}`)];
  return parts.join(" ") || "-";
}
