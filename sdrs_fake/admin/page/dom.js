// Elements made from data, and the page changed in place. What comes from data is text, never HTML.

const SVG = "http://www.w3.org/2000/svg";
const EVENTS = ["onclick", "onchange", "oninput", "onsubmit", "onkeydown", "ontoggle"];
const PROPERTIES = new Set([...EVENTS, "value", "checked", "disabled"]);

function build(element, properties, children) {
	for (const [name, value] of Object.entries(properties)) {
		if (value === undefined || value === null || value === false) continue;
		if (name !== "value" && PROPERTIES.has(name)) element[name] = value;
		else if (name !== "value") element.setAttribute(name, value === true ? "" : value);
	}
	for (const child of children.flat(Infinity)) {
		if (child === undefined || child === null || child === false) continue;
		element.append(child instanceof Node ? child : document.createTextNode(String(child)));
	}
	element.given = properties.value; // without one, what somebody types stays
	if (element.given !== undefined) element.value = element.given; // after its options
	return element;
}

export const h = (tag, properties = {}, ...children) =>
	build(document.createElement(tag), properties, children);

export const s = (tag, properties = {}, ...children) =>
	build(document.createElementNS(SVG, tag), properties, children);

const keyOf = (node) => node.dataset?.key;

// Make `now` like `next`. What is the same stays, so that focus, selection and scrolling stay too.
export function patch(now, next) {
	if (now.nodeName !== next.nodeName || keyOf(now) !== keyOf(next)) {
		now.replaceWith(next);
		return;
	}
	if (now.nodeType === Node.TEXT_NODE) {
		if (now.data !== next.data) now.data = next.data;
		return;
	}
	patchAttributes(now, next);
	for (const name of EVENTS) if (now[name] !== next[name]) now[name] = next[name];
	const { given, checked } = next;
	patchChildren(now, next);
	if (now === document.activeElement && now.type !== "checkbox") return;
	if (checked !== undefined) now.checked = checked;
	if (given !== undefined && now.value !== given) now.value = given;
}

function patchAttributes(now, next) {
	for (const { name } of [...now.attributes]) {
		if (name !== "open" && !next.hasAttribute(name)) now.removeAttribute(name);
	}
	for (const { name, value } of next.attributes) {
		if (name !== "open" && now.getAttribute(name) !== value) now.setAttribute(name, value);
	}
}

export function patchChildren(now, next) {
	const keyed = new Map();
	for (const child of now.childNodes) if (keyOf(child)) keyed.set(keyOf(child), child);
	let place = now.firstChild;
	for (const child of [...next.childNodes]) {
		const key = keyOf(child);
		const match = key ? keyed.get(key) : place && !keyOf(place) ? place : undefined;
		if (!match) {
			now.insertBefore(child, place);
			continue;
		}
		if (match === place) place = place.nextSibling;
		else now.insertBefore(match, place);
		patch(match, child);
	}
	while (place) {
		const following = place.nextSibling;
		place.remove();
		place = following;
	}
}
