// Elements without markup in strings: what comes from a file can only ever be text.

/** Make an element; properties that start with "on" are listeners, others attributes, and null leaves out. */
export function h(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== ""));
  return made;
}

/** Link each RFC section of a citation such as "8446 4.1.2; gnutls_handshake(3)". */
export function cited(text) {
  return text.split("; ").flatMap((cite, index) => {
    const rfc = /^(\d{4}) ([\dA-Z.]+)$/.exec(cite);
    const href = rfc && `https://www.rfc-editor.org/rfc/rfc${rfc[1]}#${/^\d/.test(rfc[2]) ? "section" : "appendix"}-${rfc[2]}`;
    const shown = rfc ? h("a", { href, target: "_blank", rel: "noreferrer" }, `RFC ${cite}`) : cite;
    return index ? ["; ", shown] : [shown];
  });
}

/** Let the arrow keys move among the buttons of a group, of which one at a time can be reached with Tab. */
export function roving(group) {
  const buttons = [...group.querySelectorAll("button")];
  const settle = (chosen) => buttons.forEach((button) => (button.tabIndex = button === chosen ? 0 : -1));
  group.addEventListener("focusin", (event) => settle(event.target));
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    buttons.at((buttons.indexOf(event.target) + step) % buttons.length).focus();
  });
  settle(buttons[0]);
  return group;
}
