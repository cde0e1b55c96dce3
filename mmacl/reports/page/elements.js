'use strict';
// What all pages share: the data of the page, and elements that are only ever given texts.

const data = JSON.parse(document.getElementById('data').textContent);

/** An element with attributes; children are elements or texts. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
